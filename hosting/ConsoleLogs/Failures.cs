using System.Data.Common;
using System.Net.Sockets;

namespace OrleansChat.Hosting.ConsoleLogs;

/// <summary>What is said of an exception in a line.</summary>
internal static class Failures
{
    private const int MaxLength = 500;

    /// <summary>
    /// Whether something that this process needs did not answer: a database, another process, a network. Where it was missed is
    /// of no interest then. Everything else is a defect.
    /// </summary>
    public static bool IsOutage(Exception exception) => Chain(exception).Any(e =>
        e is DbException or TimeoutException or SocketException or IOException or OperationCanceledException
        || e.GetType().Namespace?.StartsWith("Orleans", StringComparison.Ordinal) == true);

    /// <summary>Its messages, from the outermost to the cause, in one line.</summary>
    public static string Describe(Exception exception)
    {
        var messages = new List<string>();
        foreach (var message in Chain(exception).Where(e => e is not AggregateException).Select(e => FirstLine(e.Message)))
        {
            // Many an exception repeats what it was caused by.
            if (message.Length > 0 && !messages.Exists(m => m.Contains(message, StringComparison.Ordinal))) messages.Add(message);
        }
        var text = string.Join(": ", messages.Select((message, index) => index < messages.Count - 1 ? message.TrimEnd('.', ':') : message));
        return text.Length <= MaxLength ? text : $"{text[..MaxLength]} ...";
    }

    /// <summary>The exception and what caused it; of several causes the first.</summary>
    public static IEnumerable<Exception> Chain(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException) yield return e;
    }

    private static string FirstLine(string text)
    {
        var line = text.AsSpan().TrimStart();
        var end = line.IndexOfAny('\r', '\n');
        return (end < 0 ? line : line[..end]).TrimEnd().ToString();
    }
}
