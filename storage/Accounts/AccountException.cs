using OrleansChat.Identifiers;

namespace OrleansChat.Storage.Accounts;

/// <summary>The reason why an admin command was refused.</summary>
public enum AccountError
{
    /// <summary>A user of that name already exists.</summary>
    AlreadyExists = 0,

    /// <summary>No user of that name exists.</summary>
    NoSuchUser = 1,

    /// <summary>The user name is not valid: see <see cref="UserName"/>.</summary>
    BadUserName = 2,

    /// <summary>The password is not valid: see <see cref="Passwords.IsValid"/>.</summary>
    BadPassword = 3,

    /// <summary>The display name is not valid: see <see cref="AccountStore.IsDisplayName"/>.</summary>
    BadDisplayName = 4,

    /// <summary>The user is not removed.</summary>
    NotRemoved = 5,
}

/// <summary>An admin command was refused and changed nothing. The message can be shown to users, and holds no password.</summary>
public sealed class AccountException(AccountError error, string message) : Exception(message)
{
    /// <summary>The reason, for programs; the message explains it to people.</summary>
    public AccountError Error { get; } = error;
}
