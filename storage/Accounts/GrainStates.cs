
namespace OrleansChat.Storage.Accounts;

/// <summary>
/// What <c>UserGrain</c> keeps. Stored as JSON in the grain storage table, where SQL reads it too (see the migrations):
/// properties are only ever added, never renamed.
/// </summary>
public sealed record UserState
{
    /// <summary>The account: a number that is never used again, so that a user of the same name later is another one.</summary>
    public long AccountId { get; init; }

    /// <summary>The name that is shown (<c>Lionel Messi</c>).</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>As ASP.NET Core Identity's password hasher writes it.</summary>
    public string PasswordHash { get; init; } = "";

    /// <summary>Changes whenever all sessions of the account must end: a session is alive only while it carries the same stamp.</summary>
    public Guid SecurityStamp { get; init; }

    /// <summary>A disabled account is treated as if it were absent; its messages are kept.</summary>
    public bool Disabled { get; init; }
}

/// <summary>What <c>SessionGrain</c> keeps; the same rules as for <see cref="UserState"/>.</summary>
public sealed record SessionState
{
    /// <summary>The user name of the session's owner.</summary>
    public string User { get; init; } = "";

    /// <summary>The owner's account.</summary>
    public long AccountId { get; init; }

    /// <summary>The owner's <see cref="UserState.SecurityStamp"/> at login.</summary>
    public Guid SecurityStamp { get; init; }

    /// <summary>The last use, in UTC, written at most once an hour.</summary>
    public DateTimeOffset UsedAt { get; init; }
}
