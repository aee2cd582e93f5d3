using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Grains.Users;

// Invitations, to the service and into rooms: their makers, and those who are here and redeem them. Others register with them.
public sealed partial class UserGrain
{
    /// <summary>How many may use one invitation.</summary>
    private const int MostUses = 100;

    /// <inheritdoc/>
    public Task<InvitationReply> Invite(string sessionKey, string digest, int uses, DateTimeOffset? expiresAt) =>
        rules.Value.Registration == RegistrationMode.Closed
            ? Task.FromResult(new InvitationReply(AccountStatus.Closed))
            : MakeInvitation(sessionKey, digest, uses, expiresAt, null);

    /// <inheritdoc/>
    public Task<InvitationReply> InviteIntoRoom(string sessionKey, string digest, int uses, DateTimeOffset? expiresAt, string room) =>
        RoomName.IsValid(room)
            ? MakeInvitation(sessionKey, digest, uses, expiresAt, room)
            : Task.FromResult(new InvitationReply(AccountStatus.NoSuchRoom));

    /// <inheritdoc/>
    public async Task<RedemptionReply> Redeem(string sessionKey, string digest, Guid id)
    {
        try
        {
            var (result, room, log, number) = await registrations.RedeemAsync(sessionKey, digest, id);
            if (result == RedemptionResult.Done) await TellRoom(room);
            return new RedemptionReply(Of(result), room, log, number);
        }
        catch (StorageUnavailableException)
        {
            return new RedemptionReply(AccountStatus.Unavailable);
        }
    }

    private async Task<InvitationReply> MakeInvitation(
        string sessionKey, string digest, int uses, DateTimeOffset? expiresAt, string? room)
    {
        try
        {
            if (uses is < 1 or > MostUses) return new InvitationReply(AccountStatus.BadInvitation);
            if (!MayChange()) return new InvitationReply(AccountStatus.TooManyChanges);
            var made = await registrations.InviteAsync(sessionKey, digest, uses, expiresAt, room);
            return new InvitationReply(Of(made.Result), made.ExpiresAt);
        }
        catch (StorageUnavailableException)
        {
            return new InvitationReply(AccountStatus.Unavailable);
        }
    }

    /// <summary>Has the grain of a room know that its log has moved. If it fails, the silos tell it.</summary>
    private async Task TellRoom(string room)
    {
        try
        {
            await GrainFactory.GetGrain<IRoomGrain>(GrainKeys.ForRoom(room)).Refresh();
        }
        catch (Exception exception)
        {
            LogRoomNotTold(exception);
        }
    }

    private static AccountStatus Of(InvitationResult result) => result switch
    {
        InvitationResult.Done => AccountStatus.Done,
        InvitationResult.NoSession => AccountStatus.NoSession,
        InvitationResult.TooMany => AccountStatus.TooManyInvitations,
        InvitationResult.BadTime => AccountStatus.BadInvitation,
        InvitationResult.NoSuchRoom => AccountStatus.NoSuchRoom,
        InvitationResult.Forbidden => AccountStatus.Forbidden,
        _ => AccountStatus.Unavailable,
    };

    private static AccountStatus Of(RedemptionResult result) => result switch
    {
        RedemptionResult.Done => AccountStatus.Done,
        RedemptionResult.NoSession => AccountStatus.NoSession,
        RedemptionResult.NoInvitation => AccountStatus.NoInvitation,
        RedemptionResult.RoomFull => AccountStatus.RoomFull,
        RedemptionResult.TooManyRooms => AccountStatus.TooManyRooms,
        _ => AccountStatus.Unavailable,
    };

    [LoggerMessage(4012, LogLevel.Warning, "Telling a room of a new member failed; its grain hears of it within seconds.")]
    private partial void LogRoomNotTold(Exception exception);
}
