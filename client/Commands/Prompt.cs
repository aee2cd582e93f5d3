using OrleansChat.Client.Input;
using OrleansChat.Client.Output;
using OrleansChat.Client.Session;
using OrleansChat.Client.Terminal;

namespace OrleansChat.Client.Commands;

/// <summary>
/// The interactive prompt of the service's documentation: <c>Command TOKEN:</c>, a command, its reply.
/// A failed command is told and the prompt goes on, with its token: the next command connects again.
/// </summary>
internal sealed class Prompt(ITerminal terminal, ChatSession session, IReplyPrinter printer)
{
    /// <summary>Runs until <c>exit</c>, <c>quit</c> or the end of the input.</summary>
    public async Task<ExitCode> RunAsync()
    {
        while (ReadLine() is { } line)
        {
            if (line.Trim() is "exit" or "quit")
                break;
            if (line.Trim().Length > 0)
                await RunAsync(line);
        }
        await session.FinishAsync();
        return ExitCode.Ok;
    }

    private string? ReadLine()
    {
        while (true)
        {
            try
            {
                return terminal.ReadLine($"Command {session.Token}:");
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C gives up the line, not the program.
            }
            catch (NotTextException failure)
            {
                terminal.WriteLine(failure.Message);
            }
        }
    }

    private async Task RunAsync(string line)
    {
        var words = line.Split(' ');
        terminal.Remember(WithoutPassword(line));
        var command = PromptCommands.All.FirstOrDefault(command => command.Name == words[0].Trim());
        if (command is null)
        {
            terminal.WriteLine(DocumentedPrinter.UnknownCommand);
            return;
        }
        if (words.Length < command.MinWords)
        {
            terminal.WriteLine(DocumentedPrinter.MissingArguments);
            return;
        }

        using var interrupt = terminal.CatchInterrupt();
        try
        {
            await command.RunAsync(new PromptLine(words, terminal, session, printer, interrupt.Token));
        }
        catch (ChatException failure)
        {
            terminal.WriteLine(failure.ExitCode switch
            {
                ExitCode.Unreachable => $"{failure.Message} The next command tries again.",
                _ => failure.Message,
            });
        }
        catch (NotTextException failure)
        {
            terminal.WriteLine(failure.Message);
        }
        catch (OperationCanceledException)
        {
            terminal.WriteLine("Interrupted: what became of the command is unknown.");
        }
    }

    // Whatever looks like a login, well formed or not: what is remembered is `auth USER`, which asks for the password.
    private static string WithoutPassword(string line)
    {
        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words[0].Equals("auth", StringComparison.OrdinalIgnoreCase) ? string.Join(' ', words.Take(2)) : line;
    }
}
