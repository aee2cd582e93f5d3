using OrleansChat.Client.Output;
using OrleansChat.Client.Session;
using OrleansChat.Client.Terminal;
using OrleansChat.Client.Wire;

namespace OrleansChat.Client.Commands;

/// <summary>
/// What a command of the prompt works with. The words are the line, cut at every single space: empty words are kept, so that a text
/// can be put together again verbatim. <paramref name="Say"/> prints anything that is not a reply, and records the command's outcome.
/// </summary>
internal sealed record PromptLine(
    string[] Words, ITerminal Terminal, ChatSession Session, IReplyPrinter Printer, Func<ExitCode, string, ExitCode> Say,
    CancellationToken CancellationToken)
{
    public string Word(int index) => Words[index].Trim();

    /// <summary>Every word from an index on, each preceded by a space, as the documented client puts a text together.</summary>
    public string TextFrom(int index) => string.Concat(Words.Skip(index).Select(word => $" {word}"));

    /// <summary>Prints a reply and returns the command's outcome.</summary>
    public ExitCode Print(ChatCommand command, string user, Reply reply)
    {
        Printer.Print(command, user, reply);
        return Outcome.Of(command, reply);
    }
}

/// <summary>A command of the prompt. The minimum number of words includes the command itself.</summary>
internal sealed record PromptCommand(string Name, string Usage, string Help, int MinWords, Func<PromptLine, Task<ExitCode>> RunAsync);

/// <summary>The commands of the prompt: one row each.</summary>
internal static class PromptCommands
{
    public static IReadOnlyList<PromptCommand> All { get; } =
    [
        new("auth", "auth USER [PASSWORD]", "log in; without a password it is asked for", 2, LogInAsync),
        new("send", "send USER TEXT", "send a message", 2, async line =>
            line.Print(ChatCommand.Send, line.Word(1),
                await line.Session.SendAsync(line.Word(1), line.TextFrom(2), line.CancellationToken))),
        new("sendonce", "sendonce ID USER TEXT", "send a message that repeating cannot double", 3, async line =>
            line.Print(ChatCommand.Send, line.Word(2),
                await line.Session.SendOnceAsync(line.Word(1), line.Word(2), line.TextFrom(3), line.CancellationToken))),
        new("inbox", "inbox", "read the messages that wait", 1, async line =>
            line.Print(ChatCommand.Inbox, "", await line.Session.ReadInboxAsync(line.CancellationToken))),
        new("listuser", "listuser", "who is online", 1, async line =>
            line.Print(ChatCommand.ListUsers, "", await line.Session.ListUsersAsync(line.CancellationToken))),
        new("logout", "logout", "end the session", 1, async line =>
            line.Print(ChatCommand.LogOut, "", await line.Session.LogOutAsync(line.CancellationToken))),
        new("help", "help", "these lines", 1, HelpAsync),
    ];

    private static async Task<ExitCode> LogInAsync(PromptLine line)
    {
        var password = line.Words.Length > 2 ? line.Word(2)
            : line.Terminal.IsInteractive ? line.Terminal.ReadSecret("Password:")
            : null;
        return string.IsNullOrEmpty(password)
            ? line.Say(ExitCode.Usage, DocumentedPrinter.MissingArguments)
            : line.Print(ChatCommand.LogIn, line.Word(1), await line.Session.LogInAsync(line.Word(1), password, line.CancellationToken));
    }

    private static Task<ExitCode> HelpAsync(PromptLine line)
    {
        foreach (var command in All)
            line.Say(ExitCode.Ok, $"{command.Usage,-24}{command.Help}");
        return Task.FromResult(line.Say(ExitCode.Ok, $"{"exit, quit, Ctrl-D",-24}leave"));
    }
}
