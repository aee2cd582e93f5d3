using OrleansChat.Bench.Measuring;

namespace OrleansChat.Bench;

/// <summary>Something that can be measured. It starts what it measures, and removes it afterwards.</summary>
internal interface IScenario
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>What it measures, in one line.</summary>
    string Summary { get; }

    /// <summary>Measures every case, in the order of the table.</summary>
    /// <param name="options">What to measure, and with which programs.</param>
    /// <param name="progress">Called with a line after each round.</param>
    /// <param name="cancellationToken">Cancels the run and stops what it has started.</param>
    /// <exception cref="BenchException">A reply was wrong or missing, or a program did not start.</exception>
    Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken);
}

/// <summary>The measurement failed; the message says why.</summary>
internal sealed class BenchException(string message) : Exception(message);
