using OrleansChat.Terminal.Input;
using OrleansChat.Client.Output;
using OrleansChat.Client.Session;
using OrleansChat.Client.Terminal;

namespace OrleansChat.Client.Commands;

/// <summary>
/// The interactive prompt of the service's documentation: <c>Command TOKEN:</c>, a command, its reply.
/// After a failed command the prompt continues with its token, and the next command connects again.
/// If programs read the output (<paramref name="isForPrograms"/>), it consists of the replies alone.
/// </summary>
internal sealed class Prompt(ITerminal terminal, ChatSession session, IReplyPrinter printer, bool isForPrograms)
{
    private ExitCode _worst;

    /// <summary>
    /// Runs until <c>exit</c>, <c>quit</c> or the end of the input. For a script, the exit code is the highest of its failed commands;
    /// for a person it is not, because they have read the errors.
    /// </summary>
    public async Task<ExitCode> RunAsync()
    {
        while (ReadLine() is { } line)
        {
            if (line.Trim() is "exit" or "quit")
                break;
            if (line.Trim().Length > 0)
                Note(await RunAsync(line));
        }
        await session.FinishAsync();
        return terminal.IsInteractive ? ExitCode.Ok : _worst;
    }

    private string? ReadLine()
    {
        while (true)
        {
            try
            {
                return terminal.ReadLine(isForPrograms && !terminal.IsInteractive ? "" : $"Command {session.Token}:");
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C abandons the line, not the program.
            }
            catch (NotTextException failure)
            {
                Note(Say(ExitCode.Usage, failure.Message));
            }
        }
    }

    private async Task<ExitCode> RunAsync(string line)
    {
        var words = line.Split(' ');
        terminal.Remember(WithoutPassword(line));
        var command = PromptCommands.All.FirstOrDefault(command => command.Name == words[0].Trim());
        if (command is null)
            return Say(ExitCode.Usage, DocumentedPrinter.UnknownCommand);
        if (words.Length < command.MinWords)
            return Say(ExitCode.Usage, DocumentedPrinter.MissingArguments);

        using var interrupt = terminal.CatchInterrupt();
        try
        {
            return await command.RunAsync(new PromptLine(words, terminal, session, printer, Say, interrupt.Token));
        }
        catch (ChatException failure)
        {
            return Say(failure.ExitCode, failure.ExitCode switch
            {
                ExitCode.Unreachable => $"{failure.Message} The next command tries again.",
                _ => failure.Message,
            });
        }
        catch (NotTextException failure)
        {
            return Say(ExitCode.Usage, failure.Message);
        }
        catch (RequestInterruptedException failure)
        {
            return Say(ExitCode.Interrupted, failure.Message);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C came while the person was asked, or while connecting.
            return Say(ExitCode.Interrupted, "Interrupted: nothing was sent.");
        }
    }

    private ExitCode Say(ExitCode outcome, string text)
    {
        if (isForPrograms)
            terminal.WriteError(text);
        else
            terminal.WriteLine(text);
        return outcome;
    }

    private void Note(ExitCode outcome) => _worst = outcome > _worst ? outcome : _worst;

    // Anything that looks like a login, well formed or not, is remembered as `auth USER`, which asks for the password.
    private static string WithoutPassword(string line)
    {
        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words[0].Equals("auth", StringComparison.OrdinalIgnoreCase) ? string.Join(' ', words.Take(2)) : line;
    }
}
