using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using OrleansChat.Terminal.Input;
using OrleansChat.Client.Output;
using OrleansChat.Client.Session;
using OrleansChat.Client.Terminal;
using OrleansChat.Client.Wire;

namespace OrleansChat.Client.Commands;

/// <summary>The program's options and commands.</summary>
internal sealed class CommandLine
{
    private const string About = """
        Chat from the command line. Without a command: an interactive prompt, or a script of its commands from the standard input.

        Exit codes: 0 done; 1 the server refused, or nobody is logged in; 2 wrong usage;
        3 the server cannot be reached; 4 unknown whether the message was sent;
        5 a local file or the output failed; 130 stopped with Ctrl-C.
        A script continues after a failed command, and exits with the highest of its codes.

        Environment: ORLEANSCHAT_TOKEN, a session's token, takes precedence over the default token file.
        """;

    private readonly Option<string> _host = new("--host")
    {
        Description = "The server's name or address.",
        DefaultValueFactory = _ => "127.0.0.1",
        Recursive = true,
    };
    private readonly Option<int> _port = Number("--port", "The server's TCP port.", usual: 8889, most: 65_535);
    private readonly Option<int> _timeout = Number("--timeout", "How many seconds to wait for the server.", usual: 30, most: 3_600);
    private readonly Option<bool> _tls = Flag("--tls", "Use TLS and verify that the server's certificate is for the host.");
    private readonly Option<string?> _tlsCa = new("--tls-ca")
    {
        Description = "Trust the certificates of this PEM file instead of the system's. Needs --tls.",
        HelpName = "FILE",
        Recursive = true,
    };
    private readonly Option<bool> _tlsInsecure = Flag(
        "--tls-insecure", "Use TLS without verifying the server's certificate. For tests only.");
    private readonly Option<bool> _json = Flag("--json", "Print the server's JSON, one reply per line, and nothing else.");
    private readonly Option<string?> _tokenFile = new("--token-file")
    {
        Description = "The file that keeps the session's token: auth writes it, logout removes it. "
            + "By default single commands keep it under $XDG_STATE_HOME/orleanschat, and the prompt in memory.",
        HelpName = "FILE",
        Recursive = true,
    };

    private readonly ITerminal _terminal;
    private readonly Func<string, string?> _environment;
    private readonly TimeProvider _time;
    private readonly RootCommand _root = new(About);
    private readonly Command _send;
    private string[] _text = [];

    public CommandLine(ITerminal terminal, Func<string, string?> environment, TimeProvider time)
    {
        (_terminal, _environment, _time) = (terminal, environment, time);
        // System.CommandLine defines directives of its own, such as [suggest].
        _root.Directives.Clear();
        foreach (var option in new Option[] { _host, _port, _tls, _tlsCa, _tlsInsecure, _timeout, _json, _tokenFile })
            _root.Add(option);
        _host.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.Tokens[0].Value.Length is 0 or > 255)
                result.AddError("--host needs a name or an address.");
        });
        _tlsCa.Validators.Add(result =>
        {
            if (!result.GetValue(_tls))
                result.AddError("--tls-ca needs --tls.");
        });
        _tlsInsecure.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<bool>() && result.GetValue(_tls))
                result.AddError("--tls and --tls-insecure cannot be combined.");
        });

        var user = new Argument<string>("USER");
        // Accepted only so that it can be refused without being repeated in the error.
        var password = new Argument<string[]>("PASSWORD") { Arity = ArgumentArity.ZeroOrMore, Hidden = true };
        password.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0)
                result.AddError("Leave the password out of the command line: auth asks for it, or reads it from the standard input.");
        });
        var logIn = new Command("auth", "Log in; asks for the password or reads it from the standard input.") { user, password };
        AddCommand(logIn, (shot, parsed) => shot.LogInAsync(parsed.GetRequiredValue(user)));

        var id = new Option<string?>("--once")
        {
            HelpName = "ID",
            Description = "Send the message once, even if the command is repeated with the same ID.",
        };
        // Only the help needs it: SentText cuts the text off before parsing.
        var text = new Argument<string[]>("TEXT")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "The message: every word after USER, so options come before; without it, the standard input.",
        };
        _send = new Command("send", "Send a message.") { id, user, text };
        AddCommand(_send, (shot, parsed) => shot.SendAsync(parsed.GetRequiredValue(user), parsed.GetValue(id), _text));

        AddCommand(
            new Command("inbox", "Read the unread messages; printed ones are not shown again."), (shot, _) => shot.ReadInboxAsync());
        AddCommand(new Command("listuser", "List who is online."), (shot, _) => shot.ListUsersAsync());
        AddCommand(new Command("logout", "End the session."), (shot, _) => shot.LogOutAsync());
        _root.SetAction((parsed, _) => RunAsync(parsed, (session, printer) =>
            new Prompt(_terminal, session, printer, parsed.GetValue(_json)).RunAsync()));
    }

    /// <summary>Runs the program and returns its exit code, one of <see cref="ExitCode"/>.</summary>
    public async Task<int> RunAsync(string[] arguments)
    {
        (arguments, _text) = SentText.Cut(_root, _send, arguments);
        // A word may begin with @, which must not name a response file.
        var parsed = _root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        var errors = parsed.Errors.Select(error => error.Message).ToList();
        if (parsed.Action is HelpAction
            && parsed.CommandResult.Children.OfType<ArgumentResult>().Any(argument => argument.Tokens.Count > 0))
            errors.Add("--help goes without arguments. Put -- before an argument that begins with a hyphen.");
        // System.CommandLine ignores a directive as the first word, even an unknown one.
        if (arguments is [['[', .., ']'], ..])
            errors = [$"Unknown command '{arguments[0]}'."];
        if (errors.Count > 0)
        {
            foreach (var error in errors)
                _terminal.WriteError(error);
            _terminal.WriteError("Try --help.");
            return (int)ExitCode.Usage;
        }
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    // A flag takes no value: the word after it is an argument of the command.
    private static Option<bool> Flag(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.Zero, Recursive = true };

    private static Option<int> Number(string name, string description, int usual, int most) => new(name)
    {
        Description = description,
        Recursive = true,
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
        {
            if (!int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value) || value < 1 || value > most)
                result.AddError($"{name} must be a number from 1 to {most}.");
            return value;
        },
    };

    private void AddCommand(Command command, Func<OneShot, ParseResult, Task<ExitCode>> run)
    {
        _root.Add(command);
        command.SetAction((parsed, _) => RunAsync(parsed, (session, printer) => run(new OneShot(_terminal, session, printer), parsed)));
    }

    private async Task<int> RunAsync(ParseResult parsed, Func<ChatSession, IReplyPrinter, Task<ExitCode>> run)
    {
        var isPrompt = parsed.CommandResult.Command == _root;
        var (host, port) = (parsed.GetRequiredValue(_host), parsed.GetRequiredValue(_port));
        IReplyPrinter printer = parsed.GetValue(_json) ? new JsonPrinter(_terminal)
            : isPrompt ? new DocumentedPrinter(_terminal)
            : new ReadablePrinter(_terminal);
        try
        {
            var file = parsed.GetValue(_tokenFile);
            var usual = isPrompt ? null : TokenStore.DefaultPath(host, port, _environment);
            var tokens = new TokenStore(file ?? usual, file is null ? _environment("ORLEANSCHAT_TOKEN") : null);
            var isVerified = parsed.GetValue(_tls);
            var tls = isVerified || parsed.GetValue(_tlsInsecure) ? Tls.For(host, parsed.GetValue(_tlsCa), isVerified) : null;
            using var client = new ChatClient(host, port, TimeSpan.FromSeconds(parsed.GetRequiredValue(_timeout)), _time, tls);
            return (int)await run(new ChatSession(client, tokens), printer);
        }
        catch (ChatException failure)
        {
            _terminal.WriteError(failure.Message);
            return (int)failure.ExitCode;
        }
        catch (NotTextException failure)
        {
            _terminal.WriteError(failure.Message);
            return (int)ExitCode.Usage;
        }
        catch (IOException failure)
        {
            _terminal.WriteError($"Cannot read or write: {failure.Message}");
            return (int)ExitCode.LocalFailure;
        }
        catch (RequestInterruptedException failure)
        {
            _terminal.WriteError(failure.Message);
            return (int)ExitCode.Interrupted;
        }
        catch (OperationCanceledException)
        {
            return (int)ExitCode.Interrupted;
        }
    }
}
