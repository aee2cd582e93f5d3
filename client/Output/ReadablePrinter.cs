using OrleansChat.Client.Terminal;
using OrleansChat.Client.Wire;
using Spectre.Console;

namespace OrleansChat.Client.Output;

/// <summary>What a single command says to people: a table on a terminal, plain lines in a pipe; errors on the standard error.</summary>
internal sealed class ReadablePrinter(ITerminal terminal) : IReplyPrinter
{
    public void Print(ChatCommand command, string user, Reply reply)
    {
        if (!reply.Ok)
            terminal.WriteError($"Error, {reply.Error}");
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
        else if (terminal.IsInteractive)
            PrintTable(messages);
        else
            foreach (var message in messages)
                terminal.WriteLine($"{message.From} ({message.Sender}): {message.Text.Trim()}");
    }

    private void PrintTable(IReadOnlyList<InboxMessage> messages)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn(new TableColumn("From").NoWrap()).AddColumn("Message");
        foreach (var message in messages)
            table.AddRow(Cell($"{message.From} ({message.Sender})"), Cell(message.Text.Trim()));
        terminal.Write(table);
    }

    // Text, not markup: square brackets in a message mean nothing.
    private static Text Cell(string text) => new(SafeText.ForTerminal(text));
}
