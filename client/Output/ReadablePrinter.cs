using OrleansChat.Client.Terminal;
using OrleansChat.Client.Wire;

namespace OrleansChat.Client.Output;

/// <summary>
/// Prints the reply to a single command for people: a table on a terminal that is wide enough, otherwise plain lines; errors go to
/// standard error.
/// </summary>
internal sealed class ReadablePrinter(ITerminal terminal) : IReplyPrinter
{
    public void Print(ChatCommand command, string user, Reply reply)
    {
        if (!reply.Ok)
        {
            terminal.WriteError($"Error, {reply.Error}");
            if (Advice.For(command, reply) is { } advice)
                terminal.WriteError(advice);
        }
        else if (command == ChatCommand.Inbox)
            PrintInbox(reply.Messages);
        else if (command == ChatCommand.ListUsers)
            foreach (var name in reply.Users)
                terminal.WriteLine(name);
        else
            terminal.WriteLine(command switch
            {
                ChatCommand.LogIn => $"username {user} logged in",
                ChatCommand.Send => $"message sent to {user}",
                _ => reply.LogoutText,
            });
    }

    private void PrintInbox(IReadOnlyList<InboxMessage> messages)
    {
        if (messages.Count == 0)
            terminal.WriteLine("No new messages.");
        else if (terminal.IsInteractive && InboxTable.For(messages, terminal.Width) is { } table)
            terminal.Write(table);
        else
            foreach (var message in messages)
                terminal.WriteLine($"{message.From} ({message.Sender}): {message.Text.Trim()}");
    }
}
