using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using OrleansChat.Storage.Postgres;
using OrleansChat.Verification.Clients;
using OrleansChat.Verification.Fuzzing;
using OrleansChat.Verification.Processes;
using OrleansChat.Verification.Reports;
using OrleansChat.Verification.Simulation;
using OrleansChat.Verification.Variants;

namespace OrleansChat.Verification;

/// <summary>
/// The program's options. Exit codes: 0 no violation, 1 a violation, 2 wrong usage or the check itself failed, 130 interrupted.
/// </summary>
internal sealed class CommandLine
{
    /// <summary>The environment variable with the connection string, which may hold a password and so must not be an argument.</summary>
    private const string DatabaseVariable = "ORLEANSCHAT_VERIFY_DATABASE";
    private const int Interrupted = 130;

    private readonly Option<int> _silos = Number("--silos", 0, 9, "The number of silos; without it, silo and gateway are one process.");
    private readonly Option<int> _gateways = Number("--gateways", 0, 9, "The number of gateways.");
    private readonly Option<double> _minutes = new("--minutes") { DefaultValueFactory = _ => 1, Description = "Minutes of load." };
    private readonly Option<int?> _seed = new("--seed") { Description = "Decides what clients do, and the faults; default random." };
    private readonly Option<string> _faults =
        new("--faults") { DefaultValueFactory = _ => "all", Description = "all, none, or names separated by commas." };
    private readonly Option<Variant?> _break =
        new("--break") { Description = "Check a service with a planted fault, to show that the check finds it." };
    private readonly Option<int> _sendsPerSecond =
        Number("--sends-per-second", 0, 1000, "Messages per second that an account may send; 0, the default, for as many as it likes.");
    private readonly Option<int> _web =
        Number("--web", 50, 90, "How many percent of the clients work over HTTP, where the service is started here.");
    private readonly Option<bool> _simulate =
        new("--simulate") { Description = "Run simulated schedules instead, for --minutes or until there are enough." };
    private readonly Option<long?> _schedules = new("--schedules") { Description = "The number of simulated schedules." };
    private readonly Option<bool> _fuzz =
        new("--fuzz") { Description = "Run generated inputs through the protocol layer instead, for --minutes or until there are enough." };
    private readonly Option<long?> _inputs = new("--inputs") { Description = "The number of generated inputs." };
    private readonly Option<long?> _input = new("--input") { Description = "Run only the generated input with this number." };
    private readonly Option<bool> _json = new("--json") { Description = "Print the report as JSON." };
    private readonly Option<string?> _address =
        new("--address") { Description = "HOST:PORT,... of a deployment of your own, without faults." };
    private readonly Option<FileInfo> _users =
        new("--users") { Description = "A file with a line 'user password' for each account there." };
    private readonly Option<FileInfo> _silo = new("--silo-program") { Hidden = true };
    private readonly Option<FileInfo> _gateway = new("--gateway-program") { Hidden = true };
    private readonly Option<FileInfo> _admin = new("--admin-program") { Hidden = true };
    private readonly Option<FileInfo> _postgres = new("--postgres-program") { Hidden = true };
    private readonly Option<DirectoryInfo> _logs = new("--logs") { Hidden = true };
    private readonly RootCommand _root = new("Checks the service's promises while its processes are killed.");

    public CommandLine()
    {
        _users.AcceptExistingOnly();
        Option[] options =
        [
            _silos, _gateways, _minutes, _simulate, _schedules, _fuzz, _inputs, _input, _break, _sendsPerSecond, _web, _seed, _faults,
            _json, _address, _users, _silo, _gateway, _admin, _postgres, _logs,
        ];
        foreach (var option in options) _root.Add(option);
        _root.SetAction(VerifyAsync);
    }

    /// <summary>Runs the program and returns its exit code.</summary>
    public async Task<int> RunAsync(string[] arguments)
    {
        var parsed = _root.Parse(arguments);
        var status = await parsed.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
        return parsed.Errors.Count > 0 ? 2 : status;
    }

    private async Task<int> VerifyAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_simulate))
        {
            return SimulateCommand.Run(parsed.GetValue(_seed) ?? DrawSeed(), parsed.GetValue(_break),
                parsed.GetValue(_schedules), LengthOf(parsed, _schedules), parsed.GetValue(_json), cancellationToken);
        }
        try
        {
            if (parsed.GetValue(_fuzz)) return await FuzzAsync(parsed, cancellationToken);
            var report = await new ProcessRun(Read(parsed), TimeProvider.System, Console.Error.WriteLine).RunAsync(cancellationToken);
            if (parsed.GetValue(_json)) ReportPrinter.PrintJson(report);
            else ReportPrinter.PrintTables(report);
            if (report.Violations.Count == 0) return 0;
            ReportPrinter.PrintHistories(report);
            return 1;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Interrupted;
        }
        catch (Exception exception) when (exception is VerifyException or TimeoutException or NpgsqlException or StorageUnavailableException
            or IOException or SocketException)
        {
            await Console.Error.WriteLineAsync($"error: {exception.Message}");
            return 2;
        }
    }

    private Task<int> FuzzAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_input) is not { } number)
            return FuzzCommand.RunAsync(parsed.GetValue(_seed) ?? DrawSeed(), parsed.GetValue(_inputs) ?? long.MaxValue,
                LengthOf(parsed, _inputs), parsed.GetValue(_json), cancellationToken);
        if (number < 0) throw new VerifyException("--input must be 0 or greater.");
        return FuzzCommand.ReplayAsync(
            parsed.GetValue(_seed) ?? throw new VerifyException("--input needs the --seed of its run."), number, cancellationToken);
    }

    private VerifyOptions Read(ParseResult parsed)
    {
        var address = parsed.GetValue(_address);
        if (address is null != parsed.GetValue(_users) is null) throw new VerifyException("--address and --users need each other.");
        return new VerifyOptions
        {
            Length = TimeSpan.FromMinutes(parsed.GetValue(_minutes)),
            Seed = parsed.GetValue(_seed) ?? DrawSeed(),
            Web = parsed.GetValue(_web),
            Faults = parsed.GetValue(_faults)!.Split(','),
            Json = parsed.GetValue(_json),
            Service = address is null ? ReadService(parsed) : null,
            Addresses = address is null ? [] : [.. address.Split(',').Select(ParseAddress)],
            Users = parsed.GetValue(_users) is { } file
                ? [.. File.ReadLines(file.FullName).Where(line => line.Length > 0).Select(ParseUser)]
                : [],
        };
    }

    /// <summary>The longest time that the run may take: without --minutes, a counted number of items has no limit.</summary>
    private TimeSpan LengthOf(ParseResult parsed, Option<long?> count) =>
        parsed.GetValue(count) is not null && parsed.GetResult(_minutes) is null or { Implicit: true }
            ? TimeSpan.MaxValue
            : TimeSpan.FromMinutes(parsed.GetValue(_minutes));

    private static int DrawSeed() => Random.Shared.Next(1, 1_000_000);

    private LocalService ReadService(ParseResult parsed)
    {
        var (silos, gateways) = (parsed.GetValue(_silos), parsed.GetValue(_gateways));
        if (silos == 0 != (gateways == 0)) throw new VerifyException("--silos and --gateways need each other.");
        if (parsed.GetValue(_break) is { } variant && variant.IsSimulatedOnly())
            throw new VerifyException($"--break {variant} needs --simulate: real processes do not have that fault.");
        return new LocalService
        {
            Broken = parsed.GetValue(_break),
            SendsPerSecond = parsed.GetValue(_sendsPerSecond),
            Silos = silos,
            Gateways = gateways,
            HasWeb = parsed.GetValue(_web) > 0,
            SiloProgram = parsed.GetValue(_silo)?.FullName ?? throw new VerifyException("--silo-program or --address is needed."),
            GatewayProgram = parsed.GetValue(_gateway)?.FullName
                ?? throw new VerifyException("--silo-program needs --gateway-program."),
            AdminProgram = parsed.GetValue(_admin)?.FullName ?? throw new VerifyException("--silo-program needs --admin-program."),
            PostgresProgram = parsed.GetValue(_postgres)?.FullName ?? throw new VerifyException("--postgres-program is needed."),
            LogFolder = parsed.GetValue(_logs)?.FullName ?? throw new VerifyException("--logs is needed."),
            Database = Environment.GetEnvironmentVariable(DatabaseVariable) ?? throw new VerifyException($"{DatabaseVariable} is needed."),
        };
    }

    private static EndPoint ParseAddress(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text[(colon + 1)..], CultureInfo.InvariantCulture, out var port))
            throw new VerifyException($"'{text}' is not a valid HOST:PORT.");
        return IPEndPoint.TryParse(text, out var endPoint) ? endPoint : new DnsEndPoint(text[..colon], port);
    }

    private static ChatUser ParseUser(string line) => line.Split(' ') is [{ Length: > 0 } name, { Length: > 0 } password]
        ? new ChatUser(name, password)
        : throw new VerifyException("each line of the file of --users must be a user name, a space and a password.");

    private static Option<int> Number(string name, int usual, int most, string description)
    {
        var option = new Option<int>(name) { HelpName = "NUMBER", Description = description, DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0 || result.GetValueOrDefault<int>() > most)
                result.AddError($"{name} must be a number from 0 to {most}.");
        });
        return option;
    }
}
