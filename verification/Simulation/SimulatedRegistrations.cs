using OrleansChat.Storage.Accounts;

namespace OrleansChat.Verification.Simulation;

/// <summary>Registrations and invitations are not simulated: the text protocol has none.</summary>
internal sealed class SimulatedRegistrations : IRegistrations
{
    public Task<RegistrationResult> FindVacancyAsync(string userName, string? invitation) => throw new NotSupportedException();

    public Task<RegistrationResult> RegisterAsync(string userName, string displayName, string passwordHash, string? invitation) =>
        throw new NotSupportedException();

    public Task<MadeInvitation> InviteAsync(
        string sessionKey, string digest, int uses, DateTimeOffset? expiresAt, string? room = null) => throw new NotSupportedException();

    public Task<Redemption> RedeemAsync(string sessionKey, string digest, Guid id) => throw new NotSupportedException();

    public Task<bool> HasResetCodeAsync(string userName, string digest) => throw new NotSupportedException();

    public Task<bool> ResetAsync(string userName, string digest, string passwordHash) => throw new NotSupportedException();
}
