using System.CommandLine;
using System.Globalization;
using System.Net;
using Npgsql;
using OrleansChat.Bench.Abuse;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Scenarios;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench;

/// <summary>The program's options. Exit codes: 0 measured, 1 the measurement failed, 2 wrong usage.</summary>
internal sealed class CommandLine
{
    /// <summary>The environment variable with the connection string, which may hold a password and so must not be an argument.</summary>
    private const string DatabaseVariable = "ORLEANSCHAT_BENCH_DATABASE";

    private static readonly IScenario[] Scenarios =
    [
        new SendScenario(), new WebScenario(), new ClusterScenario(), new MailboxScenario(), new InboxScenario(), new HotScenario(),
        new RoomScenario(), new OpenScenario(), new LoginScenario(), new ReturnScenario(), new ManyScenario(), new SessionsScenario(),
        new StartScenario(), new EchoScenario(), new CompareScenario(), new AbuseScenario(),
    ];

    /// <summary>How long a run may take to stop after a signal: silos stop in order, which takes some seconds.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(1);

    /// <summary>Defaults for a comparison of versions: fewer than six ratios have no 95% interval.</summary>
    private static readonly (int[] Connections, int Rounds) UsualAgainst = ([32, 256], 6);

    private readonly AgainstArguments _against = new();
    private readonly Argument<string[]> _scenarios = new("SCENARIO")
    {
        Arity = ArgumentArity.ZeroOrMore,
        Description = "The scenarios to measure; default all.",
    };
    private readonly Option<int[]> _connections = Numbers(
        "--connections", "1,32,256", "Simultaneous connections, for send, web, echo and compare; default 32,256 with --against.");
    private readonly Option<int[]> _pipeline = Numbers(
        "--pipeline", "1", "Requests that a connection writes at once, for send, echo and compare.");
    private readonly Option<int[]> _silos = Numbers("--silos", "1,2,4", "Numbers of silos, for cluster.");
    private readonly Option<int> _seconds = Number("--seconds", 5, "Seconds that a round is measured.");
    private readonly Option<int> _warmUp = Number("--warm-up", 10, "Seconds of load before the first round.");
    private readonly Option<int> _rounds = Number("--rounds", 5, "Rounds, whose median is the result; default 6 with --against.");
    private readonly Option<string[]> _attacks = new("--attack")
    {
        HelpName = "NAME",
        Description = "One attack for abuse, instead of all; may be repeated.",
    };
    private readonly Option<bool> _json = new("--json") { Description = "Print the results as JSON." };
    private readonly Option<FileInfo> _chart = new("--chart") { Description = "Draw the results into this file as SVG." };
    private readonly Option<FileInfo> _silo = new("--silo") { Description = "The silo's program.", Required = true };
    private readonly Option<FileInfo> _gateway = new("--gateway") { Description = "The gateway's program.", Required = true };
    private readonly Option<bool> _check = new("--check") { Description = "Only check the arguments.", Hidden = true };
    private readonly RootCommand _root = new(
        "Measures the service.\n\n" + string.Join('\n', Scenarios.Select(s => $"{s.Name,-10}{s.Summary}")));

    public CommandLine()
    {
        _scenarios.AcceptOnlyFromAmong([.. Scenarios.Select(scenario => scenario.Name)]);
        _attacks.AcceptOnlyFromAmong([.. Attacks.All.Select(attack => attack.Name)]);
        _root.Add(_scenarios);
        Option[] options = [_connections, _pipeline, _silos, _seconds, _warmUp, _rounds, _attacks, _json, _chart, _silo, _gateway, _check];
        foreach (var option in options) _root.Add(option);
        _against.AddTo(_root, isCompare: result => result.GetValue(_scenarios) is [CompareScenario.Word]);
        _root.SetAction(MeasureAsync);

        var endPoint = new Argument<string>("ENDPOINT");
        var serve = new Command(EchoServer.Command) { endPoint };
        serve.Hidden = true;
        serve.SetAction((parsed, _) => EchoServer.RunAsync(IPEndPoint.Parse(parsed.GetRequiredValue(endPoint))));
        _root.Add(serve);

        var name = new Argument<string>("ATTACK");
        var attack = new Command(AttackerProcess.Command) { name };
        attack.Hidden = true;
        attack.SetAction((parsed, _) => AttackerProcess.RunAsync(parsed.GetRequiredValue(name), Console.In, Console.Out));
        _root.Add(attack);
    }

    /// <summary>Runs the program and returns its exit code.</summary>
    public async Task<int> RunAsync(string[] arguments)
    {
        var parsed = _root.Parse(arguments);
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = StopTimeout };
        var status = await parsed.InvokeAsync(configuration);
        return parsed.Errors.Count > 0 ? 2 : status;
    }

    private async Task<int> MeasureAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_check)) return 0;
        try
        {
            var options = Read(parsed);
            var names = parsed.GetValue(_scenarios) is { Length: > 0 } some ? some : [.. Scenarios.Select(scenario => scenario.Name)];
            var results = new List<Result>();
            foreach (var scenario in Scenarios.Where(scenario => names.Contains(scenario.Name)))
                results.AddRange(await scenario.RunAsync(options, Console.Error.WriteLine, cancellationToken));
            if (options.Json) Report.PrintJson(results);
            else Report.PrintTables(results);
            if (parsed.GetValue(_chart) is { } chart) await File.WriteAllTextAsync(chart.FullName, Chart.Draw(results), cancellationToken);
            return 0;
        }
        catch (Exception exception) when (exception is BenchException or TimeoutException or NpgsqlException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"error: {exception.Message}");
            return 1;
        }
    }

    private BenchOptions Read(ParseResult parsed)
    {
        var options = ReadCommon(parsed);
        return options.Against is null ? options : options with
        {
            Connections = IsGiven(_connections) ? options.Connections : UsualAgainst.Connections,
            Rounds = IsGiven(_rounds) ? options.Rounds : UsualAgainst.Rounds,
        };

        bool IsGiven(Option option) => parsed.GetResult(option) is { Implicit: false };
    }

    private BenchOptions ReadCommon(ParseResult parsed) => new()
    {
        SiloProgram = parsed.GetRequiredValue(_silo).FullName,
        GatewayProgram = parsed.GetRequiredValue(_gateway).FullName,
        Against = _against.Read(parsed, parsed.GetRequiredValue(_silo).FullName),
        Database = Environment.GetEnvironmentVariable(DatabaseVariable)
            ?? throw new BenchException($"{DatabaseVariable} must hold the connection string of a PostgreSQL server on this machine."),
        Connections = parsed.GetRequiredValue(_connections),
        Pipeline = parsed.GetRequiredValue(_pipeline),
        Silos = parsed.GetRequiredValue(_silos),
        Measured = TimeSpan.FromSeconds(parsed.GetRequiredValue(_seconds)),
        WarmUp = TimeSpan.FromSeconds(parsed.GetRequiredValue(_warmUp)),
        Rounds = parsed.GetRequiredValue(_rounds),
        Attacks = parsed.GetValue(_attacks) ?? [],
        Json = parsed.GetValue(_json),
    };

    private static Option<int> Number(string name, int usual, string description)
    {
        var option = new Option<int>(name) { HelpName = "NUMBER", Description = description, DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 3600) result.AddError($"{name} must be a number from 1 to 3600.");
        });
        return option;
    }

    private static Option<int[]> Numbers(string name, string usual, string description) => new(name)
    {
        HelpName = "NUMBER,...",
        Description = $"{description} Usually {usual}.",
        DefaultValueFactory = _ => Parse(usual)!,
        CustomParser = result =>
        {
            if (Parse(result.Tokens[0].Value) is { } numbers) return numbers;
            result.AddError($"{name} must be numbers from 1 to 1000, separated by commas.");
            return [];
        },
    };

    private static int[]? Parse(string text)
    {
        int[] numbers = [.. text.Split(',').Select(part => int.TryParse(part, CultureInfo.InvariantCulture, out var number) ? number : 0)];
        return numbers.All(number => number is >= 1 and <= 1000) ? numbers : null;
    }
}
