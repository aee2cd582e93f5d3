using System.Data.Common;
using System.Net.Sockets;
using OrleansChat.Hosting.ConsoleLogs;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Hosting;

/// <summary>Says in a line why a program could not start, or go on.</summary>
internal static class StartFailure
{
    /// <summary>How long an output that nobody reads may hold up the end of a process.</summary>
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(1);

    /// <summary>What is wrong, for the operator.</summary>
    /// <param name="failure">What ended the program.</param>
    /// <param name="isForOperator">Which of a host's own exceptions have a message for the operator.</param>
    public static string Explain(Exception failure, Predicate<Exception> isForOperator)
    {
        var chain = Chain(failure).ToList();
        var text = chain.Find(e => e is ConfigurationException || isForOperator(e)) is { } told ? told.Message
            : failure is OperationCanceledException ? "It was stopped before it ran."
            : chain.Exists(e => e is ArgumentException { Source: "Npgsql" }) ? "The connection string of the database is malformed."
            : chain.Find(e => e is DbException) is { } refused ? $"The database cannot be used: {Failures.Describe(refused)}"
            : chain.Find(e => e is InvalidDataException or FormatException) is { } unread
                ? $"The settings cannot be read: {Failures.Describe(unread)}"
            : chain.Find(e => e is SocketException) is { } network ? $"The network cannot be used: {Failures.Describe(network)}"
            : $"It cannot go on: {Failures.Describe(failure)}{Place(chain[^1])}";
        return string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    /// <summary>Writes it to standard error, and does not wait for long where nobody reads that.</summary>
    public static void Say(string explanation) =>
        Task.Run(() => Console.Error.WriteLine($"orleanschat: {explanation}")).Wait(LastWait);

    /// <summary>Where a defect is to be looked for.</summary>
    private static string Place(Exception cause) =>
        $" ({cause.GetType().Name}{(cause.TargetSite is { } method ? $" in {method.DeclaringType?.FullName}.{method.Name}" : "")})";

    private static IEnumerable<Exception> Chain(Exception failure) => Failures.Chain(failure).SelectMany(e =>
        e is AggregateException several ? several.InnerExceptions.Skip(1).SelectMany(Chain).Prepend(e) : [e]);
}
