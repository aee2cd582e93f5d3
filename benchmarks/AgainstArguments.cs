using System.CommandLine;
using OrleansChat.Bench.Operations;
using OrleansChat.Bench.Versions;

namespace OrleansChat.Bench;

/// <summary>The options of a comparison with another version. ./bench builds that, and fills in all but the operations.</summary>
internal sealed class AgainstArguments
{
    private readonly Option<string> _name = Named("--against", "What the other version is called, for compare.");
    private readonly Option<FileInfo> _silo = Program("--against-silo", "Its silo's program.");
    private readonly Option<FileInfo> _admin = Program("--against-admin", "Its program orleanschat-admin.");
    private readonly Option<string> _ownName = Named("--this", "What this version is called.");
    private readonly Option<FileInfo> _ownAdmin = Program("--admin", "This version's program orleanschat-admin.");
    private readonly Option<string[]> _operations = new("--operation")
    {
        HelpName = "NAME",
        Description = $"What is compared; may be given again; usually {AllOperations.Usual.Name}. There are: "
            + string.Join("; ", AllOperations.All.Select(operation => $"{operation.Name} ({operation.Summary})")),
    };

    /// <summary>Makes the options known.</summary>
    /// <param name="command">To which.</param>
    /// <param name="isCompare">Whether nothing but the scenario that compares was asked for.</param>
    public void AddTo(Command command, Func<System.CommandLine.Parsing.CommandResult, bool> isCompare)
    {
        _operations.AcceptOnlyFromAmong([.. AllOperations.All.Select(operation => operation.Name)]);
        foreach (var option in new Option[] { _name, _silo, _admin, _ownName, _ownAdmin, _operations }) command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_name) is null)
            {
                if (result.GetResult(_operations) is not null) result.AddError("--operation goes with --against.");
            }
            else if (!isCompare(result)) result.AddError("--against goes with the scenario compare, and with no other.");
            else if (new Option[] { _silo, _admin, _ownName, _ownAdmin }.Any(option => result.GetResult(option) is null))
                result.AddError("--against needs --against-silo, --against-admin, --this and --admin.");
        });
    }

    /// <summary>The comparison that was asked for; null for none.</summary>
    /// <param name="parsed">The arguments.</param>
    /// <param name="silo">This version's silo's program.</param>
    public AgainstOptions? Read(ParseResult parsed, string silo)
    {
        if (parsed.GetValue(_name) is not { } name) return null;
        var operations = parsed.GetValue(_operations) is { Length: > 0 } some ? some : [AllOperations.Usual.Name];
        return new AgainstOptions(
            new ServicePrograms(parsed.GetRequiredValue(_ownName), silo, parsed.GetRequiredValue(_ownAdmin).FullName),
            new ServicePrograms(name, parsed.GetRequiredValue(_silo).FullName, parsed.GetRequiredValue(_admin).FullName),
            [.. AllOperations.All.Where(operation => operations.Contains(operation.Name))]);
    }

    private static Option<string> Named(string name, string description) => new(name) { HelpName = "NAME", Description = description };

    private static Option<FileInfo> Program(string name, string description) => new(name) { HelpName = "FILE", Description = description };
}
