using System.Data.Common;
using System.Net.Sockets;

namespace OrleansChat.Hosting.ConsoleLogs;

/// <summary>Describes exceptions in one line.</summary>
internal static class Failures
{
    private const int MaxLength = 500;

    /// <summary>
    /// Whether something that this process needs did not answer: a database, another process, a network. The stack is of no interest
    /// then. Everything else is a defect.
    /// </summary>
    public static bool IsOutage(Exception exception) => Chain(exception).Any(link =>
        link is DbException or TimeoutException or SocketException or IOException or OperationCanceledException
        || link.GetType().Namespace?.StartsWith("Orleans", StringComparison.Ordinal) == true);

    /// <summary>Joins the messages of an exception, from the outermost to the cause, in one line.</summary>
    public static string Describe(Exception exception)
    {
        var messages = new List<string>();
        foreach (var message in Chain(exception).Where(link => link is not AggregateException).Select(link => FirstLine(link.Message)))
        {
            // Many exceptions repeat the message of their cause.
            if (message.Length > 0 && !messages.Exists(m => m.Contains(message, StringComparison.Ordinal))) messages.Add(message);
        }
        var text = string.Join(": ", messages.Select((message, index) => index < messages.Count - 1 ? message.TrimEnd('.', ':') : message));
        return text.Length <= MaxLength ? text : $"{text[..MaxLength]} ...";
    }

    /// <summary>The exception and its causes, outermost first; of several causes of one exception, only the first.</summary>
    public static IEnumerable<Exception> Chain(Exception exception)
    {
        for (var link = exception; link is not null; link = link.InnerException) yield return link;
    }

    private static string FirstLine(string text)
    {
        var line = text.AsSpan().TrimStart();
        var end = line.IndexOfAny('\r', '\n');
        return (end < 0 ? line : line[..end]).TrimEnd().ToString();
    }
}
