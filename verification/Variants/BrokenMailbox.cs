using System.Collections.Concurrent;
using OrleansChat.Storage.Logs;

namespace OrleansChat.Verification.Variants;

/// <summary>The mailboxes, with the fault of a <see cref="Variant"/>.</summary>
internal sealed class BrokenMailbox(IMailbox mailbox, Variant variant) : IMailbox
{
    private readonly ConcurrentDictionary<(long Account, string Session), Admission> _admitted = [];

    public Task<Appended> StoreAsync(MailboxGroup group)
    {
        switch (variant)
        {
            case Variant.AcknowledgeBeforeCommit:
                _ = mailbox.StoreAsync(group);
                var places = group.Messages.Select((_, index) =>
                    new StoredPlace(group.AccountId, group.FirstNumber + index, DateTimeOffset.UnixEpoch));
                return Task.FromResult(new Appended(AppendResult.Stored, [.. places], "flushed"));
            case Variant.SwapMessages when group.Messages.Count > 1:
                return mailbox.StoreAsync(group with { Messages = [group.Messages[1], group.Messages[0], .. group.Messages.Skip(2)] });
            case Variant.RememberMembers:
                return mailbox.StoreAsync(group with { IsRoom = false });
            default:
                return mailbox.StoreAsync(group);
        }
    }

    public Task<MailboxEnds> GetEndsAsync(long accountId) => mailbox.GetEndsAsync(accountId);

    public Task<long> CountUnreadAsync(long accountId, long? sender) => mailbox.CountUnreadAsync(accountId, sender);

    public async Task<Admission?> AdmitAsync(long accountId, string sessionKey)
    {
        if (_admitted.TryGetValue((accountId, sessionKey), out var admitted)) return admitted;
        var admission = await mailbox.AdmitAsync(accountId, sessionKey);
        if (variant == Variant.IgnoreBlocks && admission is { IsBlocked: false } yes) _admitted[(accountId, sessionKey)] = yes;
        return admission;
    }

    public Task<long?> FindDeletionAsync(long accountId, string sessionKey, long number) =>
        mailbox.FindDeletionAsync(accountId, sessionKey, number);

    public Task<MailboxPart?> ReadAsync(
        long accountId, string sessionKey, long after, int maxBytes, IReadOnlyList<LogNumber>? rooms = null) =>
        mailbox.ReadAsync(accountId, sessionKey, after, maxBytes, rooms);

    public Task AdvanceAsync(long accountId, long position, IReadOnlyList<LogNumber>? rooms = null) =>
        mailbox.AdvanceAsync(accountId, position, variant == Variant.ForgetRoomReceipts ? null : rooms);

    public async Task<ReceiptLookUp> FindReceiptAsync(long senderAccountId, string onceId)
    {
        var (key, receipt) = await mailbox.FindReceiptAsync(senderAccountId, onceId);
        var isForgotten = variant == Variant.ForgetFingerprints && receipt is not null;
        return new ReceiptLookUp(key, isForgotten ? receipt! with { Fingerprint = null } : receipt);
    }
}
