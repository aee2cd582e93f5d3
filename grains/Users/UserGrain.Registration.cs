using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;

namespace OrleansChat.Grains.Users;

// How a user comes in without a session: by registering, with or without an invitation, or with the code for a lost password.
public sealed partial class UserGrain
{
    private IServerGrain Server => GrainFactory.GetGrain<IServerGrain>(GrainKeys.Server);

    /// <inheritdoc/>
    public Task<AccountStatus> Register(string name, Secret password, string invitation, string address) => Change(async () =>
    {
        if (!UserName.IsValidForNew(Name)) return AccountStatus.BadUserName;
        if (!AccountStore.IsDisplayName(name)) return AccountStatus.BadDisplayName;
        if (IsBad(password)) return AccountStatus.BadPassword;
        if (rules.Value.Registration == RegistrationMode.Closed) return AccountStatus.Closed;
        // Who was not invited learns nothing of names. An invitation into a room has them join it, also where none is needed.
        var used = rules.Value.Registration == RegistrationMode.Invite || invitation.Length > 0 ? invitation : null;
        var status = Of(await registrations.FindVacancyAsync(Name, used));
        if (status != AccountStatus.Done) return status;
        if (!await Server.TakeRegistration(address)) return AccountStatus.TooManyRegistrations;
        status = AccountStatus.Unavailable;
        try
        {
            var hash = await HashAsync(password, address);
            status = hash is null ? AccountStatus.Busy : Of(await registrations.RegisterAsync(Name, name, hash, used));
            // The login that follows needs no other hash.
            if (status == AccountStatus.Done) _proven = new ProvenPassword(password.Value, hash!);
            return status;
        }
        finally
        {
            // Also if it is unknown whether it was done: the call is repeated, and would take another.
            if (status != AccountStatus.Done) await Server.GiveBackRegistration(address);
        }
    });

    /// <inheritdoc/>
    /// <inheritdoc/>
    public Task<AccountStatus> Reset(string digest, Secret password, string address) => Change(async () =>
    {
        // As a login that hides users: guesses at those who are not there are limited as others are.
        _remembersGuesses = true;
        if (IsBad(password)) return AccountStatus.BadPassword;
        if (!TryBegin(address)) return AccountStatus.TooManyAttempts;
        // One statement, whether or not there is such a user. Hashing comes after it: only a right code costs that.
        if (!await registrations.HasResetCodeAsync(Name, digest)) return AccountStatus.WrongPassword;
        if (await HashAsync(password, address) is not { } hash)
        {
            Logins.NotChecked(address);
            return AccountStatus.Busy;
        }
        if (!await registrations.ResetAsync(Name, digest, hash)) return AccountStatus.WrongPassword;
        Logins.Succeeded(address);
        return AccountStatus.Done;
    }, endsOthers: true);

    private static AccountStatus Of(RegistrationResult result) => result switch
    {
        RegistrationResult.Done => AccountStatus.Done,
        RegistrationResult.NameTaken => AccountStatus.NameTaken,
        RegistrationResult.NoInvitation => AccountStatus.NoInvitation,
        RegistrationResult.RoomFull => AccountStatus.RoomFull,
        _ => AccountStatus.Unavailable,
    };
}
