using System.Diagnostics.CodeAnalysis;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Sessions;

/// <summary>Why an operation was not done, or is not known to be.</summary>
internal enum Refusal
{
    /// <summary>It was not done, or it is unknown whether it was.</summary>
    Unavailable,

    /// <summary>There is no such session, or it has ended.</summary>
    NoSession,

    /// <summary>There is no user of that name, or none who may log in.</summary>
    NoSuchUser,

    /// <summary>The password is not the user's.</summary>
    WrongPassword,

    /// <summary>There is no recipient of that name.</summary>
    NoRecipient,

    /// <summary>The recipient has as many unread messages as a mailbox takes, or as one takes of this sender.</summary>
    MailboxFull,

    /// <summary>A rate of the address or the account is used up.</summary>
    TooMany,

    /// <summary>Nobody takes the answer, so it was not done.</summary>
    ClientGone,
}

/// <summary>What the answers of grains mean.</summary>
internal static class Refusals
{
    /// <summary>Why a login failed; null where it did not.</summary>
    public static Refusal? Of(LogInStatus status) => status switch
    {
        LogInStatus.LoggedIn => null,
        LogInStatus.NoSuchUser => Refusal.NoSuchUser,
        LogInStatus.WrongPassword => Refusal.WrongPassword,
        LogInStatus.TooManyAttempts => Refusal.TooMany,
        _ => Refusal.Unavailable,
    };

    /// <summary>Why a message was not stored; null where it was.</summary>
    public static Refusal? Of(SendStatus status) => status switch
    {
        SendStatus.Sent => null,
        SendStatus.NoSession => Refusal.NoSession,
        SendStatus.NoRecipient => Refusal.NoRecipient,
        SendStatus.TooManySends => Refusal.TooMany,
        SendStatus.MailboxFull => Refusal.MailboxFull,
        _ => Refusal.Unavailable,
    };
}

/// <summary>What came of an operation: what it answers, or why it does not.</summary>
internal readonly record struct Outcome<T>
    where T : class
{
    private readonly T? _value;
    private readonly Refusal _refusal;

    private Outcome(T? value, Refusal refusal) => (_value, _refusal) = (value, refusal);

    /// <summary>The answer; false where there is a refusal instead.</summary>
    public bool TryGet([NotNullWhen(true)] out T? value, out Refusal refusal)
    {
        (value, refusal) = (_value, _refusal);
        return value is not null;
    }

    public static implicit operator Outcome<T>(T value) => new(value, default);

    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);
}
