using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Sessions;

// How new users come in: see IAccountGrain.
internal sealed partial class ClientSession
{
    /// <summary>Returns who may register; no session is needed for it.</summary>
    public Task<Outcome<RegistrationInfo>> ReadRegistrationAsync() => AskServerAsync(server => server.GetRegistration());

    /// <summary>Makes an account, and opens a session of it. It costs what a login costs.</summary>
    /// <param name="user">The user name.</param>
    /// <param name="name">The display name.</param>
    /// <param name="password">The password.</param>
    /// <param name="invitation">The code of an invitation; null for none.</param>
    /// <param name="device">What the client calls its device; empty if it has not said.</param>
    /// <returns>The new session's token.</returns>
    public Task<Outcome<string>> RegisterAsync(
        string user, string name, Secret password, string? invitation, string device) => SettleAsync<string>(async () =>
    {
        if (isGone()) return Refusal.ClientGone;
        if (!UserName.IsValidForNew(user)) return Refusal.BadUserName;
        if (await AdmitHashAsync() is { } refusal) return refusal;
        if (isGone()) return Refusal.ClientGone;

        var digest = invitation is null ? "" : SecretCode.DigestOf(invitation);
        var calls = 0;
        var status = await RepeatAsync(
            _ =>
            {
                calls++;
                return services.Grains.Account(user).Register(name, password, digest, client.AddressName);
            },
            isUnknown: status => status == AccountStatus.Unavailable,
            counts: false);
        // An earlier call, whose answer was lost, may have done it: then the password is right.
        var isUnknown = calls > 1 && status is AccountStatus.NameTaken or AccountStatus.NoInvitation;
        if (!isUnknown && Refusals.Of(status) is { } refused) return refused;
        var entered = await EnterAsync(
            user, password, isUnknown ? PasswordRecall.Nothing : PasswordRecall.Right, hidesUsers: true, device);
        return entered.TryGet(out var token, out _) ? token : Refusal.Unavailable;
    });

    /// <summary>
    /// Sets a new password with the code that an operator made for it, which ends all sessions of the user. It costs what a login costs.
    /// </summary>
    /// <returns>The user.</returns>
    public Task<Outcome<string>> ResetPasswordAsync(string user, string code, Secret password) => SettleAsync<string>(async () =>
    {
        if (isGone()) return Refusal.ClientGone;
        if (!UserName.IsValid(user)) return Refusal.WrongPassword;
        if (await AdmitHashAsync() is { } refusal) return refusal;
        if (isGone()) return Refusal.ClientGone;
        var digest = SecretCode.DigestOf(code);
        var calls = 0;
        var status = await RepeatAsync(
            _ =>
            {
                calls++;
                return services.Grains.Account(user).Reset(digest, password, client.AddressName);
            },
            isUnknown: status => status == AccountStatus.Unavailable,
            counts: false);
        // An earlier call, whose answer was lost, may have used the code.
        if (calls > 1 && status == AccountStatus.WrongPassword) return Refusal.Unavailable;
        return Refusals.Of(status) is { } refused ? refused : user;
    });

    /// <summary>Admits what costs a hash, as a login does.</summary>
    private async ValueTask<Refusal?> AdmitHashAsync() => await _guard.AdmitLoginAsync() ?? await _guard.MayHashAsync();
}
