using System.Text.Json.Serialization;

namespace OrleansChat.Storage.Accounts;

/// <summary>
/// The state of <c>UserGrain</c>. It is JSON in the grain storage table, where SQL reads it too (see the migrations):
/// properties are only ever added, never renamed.
/// </summary>
public sealed record UserState
{
    /// <summary>The number of the account. It is never reused, so a later user of the same name is another account.</summary>
    public long AccountId { get; init; }

    /// <summary>The name that others see (<c>Lionel Messi</c>).</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>The password hash, in the format of ASP.NET Core Identity.</summary>
    public string PasswordHash { get; init; } = "";

    /// <summary>Changes when all sessions of the account must end: a session is alive only while it carries the same stamp.</summary>
    public Guid SecurityStamp { get; init; }

    /// <summary>Whether the account is disabled: treated as absent, with its messages kept.</summary>
    public bool Disabled { get; init; }
}

/// <summary>The state of <c>SessionGrain</c>; the rules of <see cref="UserState"/> apply.</summary>
public sealed record SessionState
{
    /// <summary>The user name of the session's owner.</summary>
    public string User { get; init; } = "";

    /// <summary>The number of the owner's account.</summary>
    public long AccountId { get; init; }

    /// <summary>The owner's <see cref="UserState.SecurityStamp"/> at login.</summary>
    public Guid SecurityStamp { get; init; }

    /// <summary>The last use, in UTC, written at most once per hour.</summary>
    public DateTimeOffset UsedAt { get; init; }

    /// <summary>When it was opened, in UTC; null, as the following, for a session from before schema 15.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Since { get; init; }

    /// <summary>The protocol that it was opened through: <c>text</c> or <c>http</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Door { get; init; }

    /// <summary>What the client calls its device; null if it has not said.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Device { get; init; }

    /// <summary>The address that it was opened from, as gateways count addresses; null if that is unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Address { get; init; }
}
