using OrleansChat.Bench.Load;
using OrleansChat.Bench.Operations;
using OrleansChat.Bench.Scenarios;

namespace OrleansChat.Bench.Comparing;

/// <summary>A load under which two versions are compared.</summary>
/// <param name="Operation">What each connection does.</param>
/// <param name="Connections">How many connections there are.</param>
/// <param name="Depth">How many requests each connection writes at once.</param>
internal sealed record LoadCase(IOperation Operation, int Connections, int Depth)
{
    /// <summary>The name for the tables.</summary>
    public string Name => $"{Operation.Name}, {Cases.NameOf(Connections, Depth)}";

    /// <summary>All loads that were asked for.</summary>
    public static IReadOnlyList<LoadCase> AllOf(BenchOptions options, IEnumerable<IOperation> operations) =>
    [
        .. from operation in operations
           from depth in options.Pipeline
           from connections in options.Connections
           select new LoadCase(operation, connections, depth),
    ];

    /// <summary>The requests of each connection.</summary>
    /// <param name="tokens">At least as many as there are connections.</param>
    /// <param name="recipients">User names of equal length.</param>
    public IEnumerable<RequestRing> Rings(IReadOnlyList<string> tokens, IReadOnlyList<string> recipients) =>
        Enumerable.Range(0, Connections).Select(index => Operation.RingOf(tokens[index], recipients, index, Depth));
}
