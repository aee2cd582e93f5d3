using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Storage.Logs;

namespace OrleansChat.Grains.Sessions;

// Sends that clients may repeat.
public sealed partial class SessionGrain
{
    private RateLimit? _lookUps;

    /// <inheritdoc/>
    public async Task<SendOnceReply> SendOnce(OutgoingMessage message, string connection, bool isPermitted)
    {
        var use = await Use(connection);
        if (use.User is null) return new SendOnceReply(default, SendStatus.NoSession, default, "");
        // A logout may clear the state while this waits.
        var sender = session.State.AccountId;
        // A repetition gets its receipt without a permit.
        if (!isPermitted && !MayLookUp()) return new SendOnceReply(use, SendStatus.TooManySends, default, "");
        var (key, receipt) = await mailbox.FindReceiptAsync(sender, message.OnceId!);
        // Without a key the account is gone, and its sessions with it: storing the message will say so.
        var fingerprint = key is null ? null : MessageFingerprint.Of(key, message.Recipient, message.Text);
        var (status, places, durability) = receipt is not null ? new AppendReply(SendStatus.AlreadyBound)
            : isPermitted ? await TryDeliver(new MailboxDelivery(Key, [message], sender, fingerprint), message.Recipient)
            : new AppendReply(SendStatus.TooManySends);
        // Storing it checked the session, and bound the ID.
        if (status == SendStatus.Sent) return new SendOnceReply(use, status, message.Id, durability, places![0]);
        var isRace = receipt is null && status == SendStatus.AlreadyBound;
        if (isRace) receipt = (await mailbox.FindReceiptAsync(sender, message.OnceId!)).Receipt;
        if ((status == SendStatus.AlreadyBound || status.RevealsRecipient()) && !await IsAlive()) status = SendStatus.NoSession;
        if (status == SendStatus.NoSession) return new SendOnceReply(default, status, default, "");
        if (receipt is null)
            return new SendOnceReply(
                use, status == SendStatus.TooManySends || status.RevealsRecipient() ? status : SendStatus.Unavailable, default, "");
        // A receipt from before fingerprints answers whatever is sent under its ID, as it did then.
        return receipt.Fingerprint is { } bound && !bound.AsSpan().SequenceEqual(fingerprint)
            ? new SendOnceReply(use, SendStatus.IdUsed, default, "", IsRace: isRace)
            : new SendOnceReply(use, SendStatus.Sent, receipt.MessageId, receipt.Durability, PlaceOf(receipt), isRace);

        static EntryPlace? PlaceOf(SendReceipt receipt) =>
            receipt.Place is { } place ? new EntryPlace(place.LogId, place.Number, place.AcceptedAt) : null;
    }

    /// <summary>Whether to look up a receipt without a permit: as many per second as the account may send.</summary>
    private bool MayLookUp()
    {
        _lookUps ??= new RateLimit(limits.Value.SendsPerSecond, limits.Value.SendsPerSecond, time);
        return _lookUps.Take(1) == 1;
    }

    private async Task<AppendReply> TryDeliver(MailboxDelivery delivery, string recipient)
    {
        try
        {
            if (RoomName.TryParse(recipient, out var room))
                return await GrainFactory.GetGrain<IRoomGrain>(GrainKeys.ForRoom(room)).Append(delivery);
            return UserName.IsValid(recipient) ? await User(recipient).Append(delivery) : new(SendStatus.NoRecipient);
        }
        catch (Exception exception)
        {
            LogNotDelivered(exception);
            return new(SendStatus.Unavailable);
        }
    }

    [LoggerMessage(4000, LogLevel.Warning, "Delivery to a recipient failed; it is unknown whether the message was stored.")]
    private partial void LogNotDelivered(Exception exception);
}
