using OrleansChat.Bench.Load;

namespace OrleansChat.Bench.Operations;

/// <summary>What the connections of a comparison do again and again. It means the same in all versions that it is measured in.</summary>
internal interface IOperation
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>What it is, in a line.</summary>
    string Summary { get; }

    /// <summary>The replies that it gets.</summary>
    ReplyPattern Reply { get; }

    /// <summary>The requests of one connection, all of one length.</summary>
    /// <param name="token">The connection's session.</param>
    /// <param name="recipients">User names of equal length.</param>
    /// <param name="index">The connection's number.</param>
    /// <param name="depth">How many are written at once.</param>
    RequestRing RingOf(string token, IReadOnlyList<string> recipients, int index, int depth);
}

/// <summary>The operations that there are.</summary>
internal static class AllOperations
{
    /// <summary>The one that is measured unless told.</summary>
    public static IOperation Usual { get; } = new SendOperation();

    /// <summary>All of them.</summary>
    public static IReadOnlyList<IOperation> All { get; } = [Usual, new InboxOperation()];
}
