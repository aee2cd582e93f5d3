using OrleansChat.Client.Output;
using OrleansChat.Client.Session;
using OrleansChat.Client.Terminal;
using OrleansChat.Client.Wire;

namespace OrleansChat.Client.Commands;

/// <summary>One command of the command line: asks, prints, ends the connection in order. Returns the program's exit code.</summary>
internal sealed class OneShot(ITerminal terminal, ChatSession session, IReplyPrinter printer)
{
    /// <summary>Logs in with a password from the keyboard or from the first line of the standard input.</summary>
    public async Task<ExitCode> LogInAsync(string user, CancellationToken cancellationToken)
    {
        var password = terminal.ReadSecret("Password:") ?? "";
        return await FinishAsync(ChatCommand.LogIn, user, await session.LogInAsync(user, password, cancellationToken));
    }

    /// <summary>
    /// Sends the words as one message; without any, the standard input less the line end behind it. An ID makes it repeatable.
    /// </summary>
    public async Task<ExitCode> SendAsync(string recipient, string? id, string[] words, CancellationToken cancellationToken)
    {
        // The documented client puts a space before each word.
        var text = $" {(words.Length > 0 ? string.Join(' ', words) : ReadMessage())}";
        var reply = id is null
            ? await session.SendAsync(recipient, text, cancellationToken)
            : await session.SendOnceAsync(id, recipient, text, cancellationToken);
        var exitCode = await FinishAsync(ChatCommand.Send, recipient, reply);
        return reply.IsUnavailable ? ExitCode.Unknown : exitCode;
    }

    /// <summary>
    /// Reads everything that waits. A reply holds about 1 MiB at most, and asking for the next one confirms it: so it is printed first.
    /// </summary>
    public async Task<ExitCode> ReadInboxAsync(CancellationToken cancellationToken)
    {
        var reply = await session.ReadInboxAsync(cancellationToken);
        while (true)
        {
            printer.Print(ChatCommand.Inbox, "", reply);
            if (!reply.Ok || reply.Messages.Count == 0)
                break;
            reply = await session.ReadInboxAsync(cancellationToken);
            if (reply.Ok && reply.Messages.Count == 0)
                break;
        }
        await session.FinishAsync();
        return reply.Ok ? ExitCode.Ok : ExitCode.Refused;
    }

    public async Task<ExitCode> ListUsersAsync(CancellationToken cancellationToken) =>
        await FinishAsync(ChatCommand.ListUsers, "", await session.ListUsersAsync(cancellationToken));

    public async Task<ExitCode> LogOutAsync(CancellationToken cancellationToken) =>
        await FinishAsync(ChatCommand.LogOut, "", await session.LogOutAsync(cancellationToken));

    private string ReadMessage()
    {
        if (terminal.IsInteractive)
            return terminal.ReadLine("Message:") ?? "";
        var text = terminal.ReadToEnd();
        return text.EndsWith('\n') ? text[..^1].TrimEnd('\r') : text;
    }

    private async Task<ExitCode> FinishAsync(ChatCommand command, string user, Reply reply)
    {
        printer.Print(command, user, reply);
        await session.FinishAsync();
        return reply.Ok ? ExitCode.Ok : ExitCode.Refused;
    }
}
