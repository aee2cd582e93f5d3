namespace OrleansChat.Bench.Comparing;

/// <summary>The parties to a comparison of two versions.</summary>
internal enum Role
{
    /// <summary>This tree's program.</summary>
    This,

    /// <summary>The same program in another process and on another database: its difference from the first is the noise.</summary>
    Twin,

    /// <summary>The other version's program.</summary>
    Other,

    /// <summary>The echo: what the socket allows on this machine at this moment.</summary>
    Echo,
}

/// <summary>The names of roles.</summary>
internal static class Roles
{
    /// <summary>The name for the tables.</summary>
    public static string Say(this Role role) => role switch
    {
        Role.This => "this",
        Role.Twin => "this again",
        Role.Other => "other",
        Role.Echo => "echo",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };
}

/// <summary>The order in which the roles are under load, one at a time, in each round.</summary>
/// <remarks>
/// This tree's program forms pairs with the other version and with the twin. The echo runs between the pairs, while PostgreSQL
/// finishes what a pair has left: so the first of each pair finds a quiet machine, and the second finds what the first left.
/// Each of the two comes first once, and all have the same position on average, so that anything that changes evenly with time
/// changes for all alike. The other version and the twin change places from round to round: if they were the same program, nothing
/// could tell them apart.
/// </remarks>
internal static class Interleaving
{
    /// <summary>The order of one round.</summary>
    /// <param name="round">The round's number; odd and even rounds differ.</param>
    public static IReadOnlyList<Role> Of(int round)
    {
        var (outer, inner) = round % 2 == 0 ? (Role.Twin, Role.Other) : (Role.Other, Role.Twin);
        return
        [
            outer, Role.This, Role.Echo,
            inner, Role.This, Role.Echo,
            Role.This, inner, Role.Echo,
            Role.This, outer,
        ];
    }

    /// <summary>The indexes of neighbours in the order where one is this tree's program and the other has a given role.</summary>
    public static IEnumerable<(int This, int Beside)> PairsOf(IReadOnlyList<Role> order, Role beside)
    {
        for (var i = 1; i < order.Count; i++)
        {
            if (order[i - 1] == Role.This && order[i] == beside) yield return (i - 1, i);
            if (order[i] == Role.This && order[i - 1] == beside) yield return (i, i - 1);
        }
    }
}
