using System.Diagnostics;

namespace OrleansChat.Verification.Processes;

/// <summary>Runs orleanschat-admin, as an operator would.</summary>
/// <param name="program">The program.</param>
/// <param name="database">The connection string of the service's database.</param>
internal sealed class AdminProgram(string program, string database)
{
    private const int Refused = 1, WrongUsage = 2;

    private readonly Dictionary<string, (long Done, long Failed)> _runs = [];

    /// <summary>How often each command was run, and how many runs of it failed.</summary>
    public IReadOnlyDictionary<string, (long Done, long Failed)> Runs
    {
        get { lock (_runs) return new Dictionary<string, (long, long)>(_runs); }
    }

    /// <summary>Runs a command to its end.</summary>
    /// <param name="input">What it reads from standard input: a password; null for nothing.</param>
    /// <param name="arguments">The command, and what it takes.</param>
    /// <returns>
    /// Whether it said that it is done. Otherwise it may be done or not: the server may have died before it could answer.
    /// </returns>
    /// <exception cref="VerifyException">The command was refused, which nothing that calls this asks for.</exception>
    public async Task<bool> RunAsync(string? input, params string[] arguments) => await TryAsync(input, arguments) switch
    {
        (AdminOutcome.Refused, var said) => throw new VerifyException($"orleanschat-admin {string.Join(' ', arguments)}: {said}"),
        var (outcome, _) => outcome == AdminOutcome.Done,
    };

    /// <summary>Runs a command that may be refused, such as one that an earlier run of unknown outcome has made pointless.</summary>
    public async Task<(AdminOutcome Outcome, string Said)> TryAsync(string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["Chat__Database"] = database;
        using var process = Process.Start(start) ?? throw new VerifyException($"{program} does not start");
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            if (input is not null) await process.StandardInput.WriteLineAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended without reading its input; its status says the rest.
        }
        var said = await output;
        await process.WaitForExitAsync();
        if (process.ExitCode == Refused) return (AdminOutcome.Refused, said[1].Trim());
        if (process.ExitCode == WrongUsage)
            throw new VerifyException($"orleanschat-admin {string.Join(' ', arguments)}: {said[1].Trim()}");
        var isDone = process.ExitCode == 0;
        lock (_runs)
        {
            var (done, failed) = _runs.GetValueOrDefault(arguments[0]);
            _runs[arguments[0]] = isDone ? (done + 1, failed) : (done, failed + 1);
        }
        return (isDone ? AdminOutcome.Done : AdminOutcome.Unknown, "");
    }
}

/// <summary>How a command of operators ended.</summary>
internal enum AdminOutcome
{
    /// <summary>It said that it is done.</summary>
    Done,

    /// <summary>It said why it is not done.</summary>
    Refused,

    /// <summary>It is done or not: the server may have died before it could answer.</summary>
    Unknown,
}
