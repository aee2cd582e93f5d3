using OrleansChat.Bench.Measuring;

namespace OrleansChat.Bench;

/// <summary>Something that can be measured. It starts what it measures, and leaves nothing behind.</summary>
internal interface IScenario
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>What it measures, in a line.</summary>
    string Summary { get; }

    /// <summary>Measures every case, in the order of the table.</summary>
    /// <param name="options">What to measure with.</param>
    /// <param name="progress">Told a line after each round.</param>
    /// <param name="cancellationToken">Ends the run; what was started is stopped.</param>
    /// <exception cref="BenchException">A reply was wrong or missing, or a program did not start.</exception>
    Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken);
}

/// <summary>The measurement failed; the message says why.</summary>
internal sealed class BenchException(string message) : Exception(message);
