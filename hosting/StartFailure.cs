using System.Data.Common;
using System.Net.Sockets;
using OrleansChat.Hosting.ConsoleLogs;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Hosting;

/// <summary>Explains in one line why a program could not start or go on.</summary>
internal static class StartFailure
{
    /// <summary>How long an output that nobody reads may delay the end of a process.</summary>
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(1);

    /// <summary>Describes a failure for the operator, in one line.</summary>
    /// <param name="failure">The exception that ended the program.</param>
    /// <param name="isForOperator">Whether an exception of the host's own has a message for the operator.</param>
    public static string Explain(Exception failure, Predicate<Exception> isForOperator)
    {
        var chain = Chain(failure).ToList();
        var text = chain.Find(link => link is ConfigurationException || isForOperator(link)) is { } told ? told.Message
            : failure is OperationCanceledException ? "Startup was cancelled."
            : chain.Exists(link => link is ArgumentException { Source: "Npgsql" }) ? "The connection string of the database is malformed."
            : chain.Find(link => link is DbException) is { } refused ? $"The database cannot be used: {Failures.Describe(refused)}"
            : chain.Find(link => link is InvalidDataException or FormatException) is { } unread
                ? $"The settings cannot be read: {Failures.Describe(unread)}"
            : chain.Find(link => link is SocketException) is { } network ? $"The network cannot be used: {Failures.Describe(network)}"
            : $"The program cannot go on: {Failures.Describe(failure)}{Place(chain[^1])}";
        return string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    /// <summary>Writes an explanation to standard error, and does not wait long if nobody reads it.</summary>
    public static void Say(string explanation) =>
        Task.Run(() => Console.Error.WriteLine($"orleanschat: {explanation}")).Wait(LastWait);

    /// <summary>The type of an exception and the method that threw it, to find a defect by.</summary>
    private static string Place(Exception cause) =>
        $" ({cause.GetType().Name}{(cause.TargetSite is { } method ? $" in {method.DeclaringType?.FullName}.{method.Name}" : "")})";

    private static IEnumerable<Exception> Chain(Exception failure) => Failures.Chain(failure).SelectMany(exception =>
        exception is AggregateException several ? several.InnerExceptions.Skip(1).SelectMany(Chain).Prepend(exception) : [exception]);
}
