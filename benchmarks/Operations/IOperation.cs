using OrleansChat.Bench.Load;

namespace OrleansChat.Bench.Operations;

/// <summary>What the connections of a comparison do repeatedly. It means the same in all versions that are compared.</summary>
internal interface IOperation
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>What it does, in one line.</summary>
    string Summary { get; }

    /// <summary>The replies that it expects.</summary>
    ReplyPattern Reply { get; }

    /// <summary>The requests of one connection, all of one length.</summary>
    /// <param name="token">The token of the connection's session.</param>
    /// <param name="recipients">User names of equal length.</param>
    /// <param name="index">The connection's number.</param>
    /// <param name="depth">How many requests are written at once.</param>
    RequestRing RingOf(string token, IReadOnlyList<string> recipients, int index, int depth);
}

/// <summary>All operations.</summary>
internal static class AllOperations
{
    /// <summary>The default operation.</summary>
    public static IOperation Usual { get; } = new SendOperation();

    public static IReadOnlyList<IOperation> All { get; } = [Usual, new InboxOperation()];
}
