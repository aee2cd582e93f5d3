using OrleansChat.Client.Terminal;
using OrleansChat.Client.Wire;
using OrleansChat.Terminal;

namespace OrleansChat.Client.Output;

/// <summary>
/// Prints the texts of the service's documentation, byte for byte, as the prompt does. Advice to a person goes to standard error.
/// </summary>
internal sealed class DocumentedPrinter(ITerminal terminal) : IReplyPrinter
{
    public const string UnknownCommand = "*Maaf, command tidak benar";
    public const string MissingArguments = "-Maaf, command tidak benar";

    public void Print(ChatCommand command, string user, Reply reply)
    {
        terminal.WriteLine(Text(command, user, reply));
        if (terminal.IsInteractive && Advice.For(command, reply) is { } advice)
            terminal.WriteError(advice);
    }

    private static string Text(ChatCommand command, string user, Reply reply) => !reply.Ok
        ? $"Error, {reply.Error}"
        : command switch
        {
            ChatCommand.LogIn => $"username {user} logged in, token {reply.Token} ",
            ChatCommand.Send => $"message sent to {user}",
            ChatCommand.Inbox => SafeText.ForJson(reply.MessagesJson),
            ChatCommand.ListUsers => $"User yang sedang aktif : {SafeText.ForJson(reply.UsersJson)}",
            _ => reply.LogoutText,
        };
}
