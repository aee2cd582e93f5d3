using OrleansChat.Client.Output;
using OrleansChat.Client.Session;
using OrleansChat.Client.Terminal;
using OrleansChat.Client.Wire;

namespace OrleansChat.Client.Commands;

/// <summary>
/// Runs one command of the command line: asks, prints, closes the connection in order and returns the program's exit code. Ctrl-C is
/// caught only while a request is under way: while input is awaited it ends the program.
/// </summary>
internal sealed class OneShot(ITerminal terminal, ChatSession session, IReplyPrinter printer)
{
    /// <summary>Logs in with a password from the keyboard or from the first line of the standard input.</summary>
    public Task<ExitCode> LogInAsync(string user)
    {
        var password = terminal.ReadSecret("Password:") ?? "";
        return AskAsync(ChatCommand.LogIn, user, stop => session.LogInAsync(user, password, stop));
    }

    /// <summary>
    /// Sends the words as one message; without words, the standard input without its last line end. An ID makes it repeatable.
    /// </summary>
    public Task<ExitCode> SendAsync(string recipient, string? id, string[] words)
    {
        // The documented client puts a space before each word.
        var text = $" {(words.Length > 0 ? string.Join(' ', words) : ReadMessage())}";
        return AskAsync(ChatCommand.Send, recipient, stop => id is null
            ? session.SendAsync(recipient, text, stop)
            : session.SendOnceAsync(id, recipient, text, stop));
    }

    /// <summary>
    /// Reads all unread messages. A reply holds about 1 MiB at most; asking for the next one confirms it, so it is printed first.
    /// </summary>
    public async Task<ExitCode> ReadInboxAsync()
    {
        using var interrupt = terminal.CatchInterrupt();
        var reply = await session.ReadInboxAsync(interrupt.Token);
        printer.Print(ChatCommand.Inbox, "", reply);
        while (reply.Ok && reply.Messages.Count > 0)
        {
            reply = await session.ReadInboxAsync(interrupt.Token);
            if (!reply.Ok || reply.Messages.Count > 0)
                printer.Print(ChatCommand.Inbox, "", reply);
        }
        await session.FinishAsync();
        return reply.Ok ? ExitCode.Ok : ExitCode.Refused;
    }

    public Task<ExitCode> ListUsersAsync() => AskAsync(ChatCommand.ListUsers, "", session.ListUsersAsync);

    public Task<ExitCode> LogOutAsync() => AskAsync(ChatCommand.LogOut, "", session.LogOutAsync);

    private string ReadMessage()
    {
        if (terminal.IsInteractive)
            return terminal.ReadLine("Message:") ?? "";
        var text = terminal.ReadToEnd();
        return text.EndsWith('\n') ? text[..^1].TrimEnd('\r') : text;
    }

    private async Task<ExitCode> AskAsync(ChatCommand command, string user, Func<CancellationToken, Task<Reply>> ask)
    {
        using var interrupt = terminal.CatchInterrupt();
        var reply = await ask(interrupt.Token);
        printer.Print(command, user, reply);
        await session.FinishAsync();
        return Outcome.Of(command, reply);
    }
}
