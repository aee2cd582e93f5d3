using OrleansChat.Identifiers;

namespace OrleansChat.Storage.Accounts;

/// <summary>Why an admin command was refused.</summary>
public enum AccountError
{
    /// <summary>There is a user of that name.</summary>
    AlreadyExists = 0,

    /// <summary>There is no user of that name.</summary>
    NoSuchUser = 1,

    /// <summary>It cannot be a user's name: see <see cref="UserName"/>.</summary>
    BadUserName = 2,

    /// <summary>It cannot be a password: see <see cref="Passwords.IsValid"/>.</summary>
    BadPassword = 3,

    /// <summary>It cannot be a display name: see <see cref="AccountStore.IsDisplayName"/>.</summary>
    BadDisplayName = 4,
}

/// <summary>An admin command was refused and changed nothing. The message is fit to be shown, and holds no password.</summary>
public sealed class AccountException : Exception
{
    /// <summary>Creates the exception.</summary>
    public AccountException() { }

    /// <summary>Creates the exception with a message.</summary>
    public AccountException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public AccountException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Creates the exception for a reason.</summary>
    public AccountException(AccountError error, string message) : base(message) => Error = error;

    /// <summary>The reason.</summary>
    public AccountError Error { get; }
}
