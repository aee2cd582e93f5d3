using System.Text.RegularExpressions;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Versions;

/// <summary>
/// A version of the service, used only as its operators and users would: through its programs, their options and the text protocol.
/// Another version may have another schema and other options, so nothing is written into its tables directly.
/// </summary>
internal sealed partial class ServiceVersion
{
    private const string NoLimits = "--no-limits", PasswordHashes = "--password-hashes", Migrate = "migrate";

    private static readonly TimeSpan HelpTimeout = TimeSpan.FromMinutes(1), AdminTimeout = TimeSpan.FromMinutes(10);

    private readonly ServicePrograms _programs;
    private readonly HashSet<string> _siloOptions, _adminCommands;

    private ServiceVersion(ServicePrograms programs, string siloHelp, string adminHelp)
    {
        _programs = programs;
        (_siloOptions, _adminCommands) = ([.. OptionsIn(siloHelp)], [.. CommandsIn(adminHelp)]);
    }

    /// <summary>The name for the tables.</summary>
    public string Name => _programs.Name;

    /// <summary>Asks a version's programs which options and commands they have.</summary>
    public static async Task<ServiceVersion> OfAsync(ServicePrograms programs, CancellationToken cancellationToken)
    {
        // A silo without --help refuses it and lists the options that it has, which is just as good.
        var silo = await ProgramRun.RunAsync(programs.Silo, ["--help"], null, HelpTimeout, cancellationToken);
        var admin = await ProgramRun.RunAsync(programs.Admin, ["--help"], null, HelpTimeout, cancellationToken);
        return new ServiceVersion(programs, silo.Output, admin.Output);
    }

    /// <summary>Migrates an empty database to this version's schema, and adds users to it.</summary>
    /// <param name="database">The connection string.</param>
    /// <param name="users">Their names and passwords.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <exception cref="BenchException">The version's program refused.</exception>
    public async Task AddUsersAsync(string database, IEnumerable<(string Name, string Password)> users, CancellationToken cancellationToken)
    {
        // Older versions have no such command: there, each command migrates.
        if (_adminCommands.Contains(Migrate)) await RunAdminAsync(database, [Migrate], cancellationToken);
        var file = Path.GetTempFileName();
        try
        {
            var rows = users.Select(user => $"{user.Name},Benchmark {user.Name},{user.Password}");
            await File.WriteAllLinesAsync(file, ["user,name,password", .. rows], cancellationToken);
            await RunAdminAsync(database, ["import", file], cancellationToken);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Starts a silo on a database, without limits for clients if the version has such limits.</summary>
    /// <exception cref="BenchException">It did not start.</exception>
    public Task<ServerProcess> StartSiloAsync(string database, CancellationToken cancellationToken) =>
        StartAsync(database, Known(NoLimits, "true"), cancellationToken);

    /// <summary>The same for many logins: it hashes as many passwords at once as there are processors.</summary>
    /// <exception cref="BenchException">It did not start.</exception>
    public Task<ServerProcess> StartSiloForLoginsAsync(string database, CancellationToken cancellationToken) =>
        StartAsync(database, [.. Known(NoLimits, "true"), .. Known(PasswordHashes, $"{Environment.ProcessorCount}")], cancellationToken);

    /// <summary>The options that a help text names.</summary>
    internal static IEnumerable<string> OptionsIn(string help) => OptionName().Matches(help).Select(match => match.Value);

    /// <summary>The commands that a help text lists, one per line.</summary>
    internal static IEnumerable<string> CommandsIn(string help) => CommandName().Matches(help).Select(match => match.Groups[1].Value);

    private async Task<ServerProcess> StartAsync(string database, string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await ServerProcess.StartServiceAsync(_programs.Silo, database, arguments, cancellationToken);
        }
        catch (Exception exception) when (exception is BenchException or TimeoutException)
        {
            throw new BenchException($"The silo of {Name} did not start: {exception.Message}");
        }
    }

    private async Task RunAdminAsync(string database, string[] arguments, CancellationToken cancellationToken)
    {
        var run = await ProgramRun.RunAsync(_programs.Admin, arguments, database, AdminTimeout, cancellationToken);
        if (run.ExitCode != 0)
            throw new BenchException($"'orleanschat-admin {arguments[0]}' of {Name} ended with status {run.ExitCode}: {run.Output.Trim()}");
    }

    private string[] Known(string option, string value) => _siloOptions.Contains(option) ? [option, value] : [];

    [GeneratedRegex("--[a-z][a-z-]*")]
    private static partial Regex OptionName();

    [GeneratedRegex("^ +([a-z][a-z-]*)", RegexOptions.Multiline)]
    private static partial Regex CommandName();
}
