using System.Text.RegularExpressions;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Versions;

/// <summary>
/// A version of the service, spoken to as its operators and its users would: by its programs, their options and the text protocol.
/// Another version may have another schema and other options, so nothing is written into its tables.
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

    /// <summary>For the tables.</summary>
    public string Name => _programs.Name;

    /// <summary>Asks the programs of a version which options and commands they know.</summary>
    public static async Task<ServiceVersion> OfAsync(ServicePrograms programs, CancellationToken cancellationToken)
    {
        // A silo that has no such option refuses it, and names those that it has: that is as good.
        var silo = await ProgramRun.RunAsync(programs.Silo, ["--help"], null, HelpTimeout, cancellationToken);
        var admin = await ProgramRun.RunAsync(programs.Admin, ["--help"], null, HelpTimeout, cancellationToken);
        return new ServiceVersion(programs, silo.Output, admin.Output);
    }

    /// <summary>Brings the schema of an empty database to this version, and adds users to it.</summary>
    /// <param name="database">The connection string.</param>
    /// <param name="users">Their names and passwords.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="BenchException">The version's program refused.</exception>
    public async Task AddUsersAsync(string database, IEnumerable<(string Name, string Password)> users, CancellationToken cancellationToken)
    {
        // Before there was a command for it, each command migrated.
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

    /// <summary>Starts a silo on a database, without the limits of what a client may do, where the version has any.</summary>
    /// <exception cref="BenchException">It did not start.</exception>
    public Task<ServerProcess> StartSiloAsync(string database, CancellationToken cancellationToken) =>
        StartAsync(database, Known(NoLimits, "true"), cancellationToken);

    /// <summary>The same, for many logins: it hashes as many passwords at once as there are processors.</summary>
    /// <exception cref="BenchException">It did not start.</exception>
    public Task<ServerProcess> StartSiloForLoginsAsync(string database, CancellationToken cancellationToken) =>
        StartAsync(database, [.. Known(NoLimits, "true"), .. Known(PasswordHashes, $"{Environment.ProcessorCount}")], cancellationToken);

    /// <summary>The options that a program names.</summary>
    internal static IEnumerable<string> OptionsIn(string help) => OptionName().Matches(help).Select(match => match.Value);

    /// <summary>The commands that a program lists, one on each line.</summary>
    internal static IEnumerable<string> CommandsIn(string help) => CommandName().Matches(help).Select(match => match.Groups[1].Value);

    private async Task<ServerProcess> StartAsync(string database, string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await ServerProcess.StartServiceAsync(_programs.Silo, database, arguments, cancellationToken);
        }
        catch (Exception e) when (e is BenchException or TimeoutException)
        {
            throw new BenchException($"The silo of {Name} did not start: {e.Message}");
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
