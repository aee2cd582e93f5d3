using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Gateway.Doors.Web.Wire;

/// <summary>The words for what rooms and their members are.</summary>
internal static class RoomWords
{
    private const string Public = "public", Private = "private", All = "all", Joined = "joined";

    // In the order of their values.
    private static readonly string[] Roles = ["banned", "reader", "member", "moderator", "owner"];
    private static readonly string[] Kinds = ["message", "deleted", Joined, "left", "removed", "title", "role"];

    /// <summary>The word for a role.</summary>
    public static string Show(MemberRole role) => Roles[(int)role];

    /// <summary>Reads a role.</summary>
    /// <exception cref="RequestException">It is none.</exception>
    public static MemberRole ReadRole(string text) => Array.IndexOf(Roles, text) is >= 0 and var role
        ? (MemberRole)role
        : throw RequestException.Bad($"'role' is one of {string.Join(", ", Roles)}.");

    /// <summary>The word for the kind of an entry; a later version may have more of them than this one.</summary>
    public static string Show(EntryKind kind) => (int)kind < Kinds.Length ? Kinds[(int)kind] : "other";

    /// <summary>The word for who may join.</summary>
    public static string ShowKind(bool isPublic) => isPublic ? Public : Private;

    /// <summary>Reads who may join: whether everybody may.</summary>
    /// <exception cref="RequestException">It is neither.</exception>
    public static bool ReadKind(string text) => Is(text, "kind", Public, Private);

    /// <summary>The word for what new members see.</summary>
    public static string ShowHistory(bool showsAll) => showsAll ? All : Joined;

    /// <summary>Reads what new members see: whether it is all.</summary>
    /// <exception cref="RequestException">It is neither.</exception>
    public static bool ReadHistory(string text) => Is(text, "history", All, Joined);

    private static bool Is(string text, string name, string yes, string no) =>
        text == yes || (text == no ? false : throw RequestException.Bad($"'{name}' is '{yes}' or '{no}'."));
}
