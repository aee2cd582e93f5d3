using System.CommandLine;
using OrleansChat.Bench.Operations;
using OrleansChat.Bench.Versions;

namespace OrleansChat.Bench;

/// <summary>The options of a comparison with another version. ./bench builds it and fills in all options but --operation.</summary>
internal sealed class AgainstArguments
{
    private readonly Option<string> _name = Named("--against", "The other version's name, for compare.");
    private readonly Option<FileInfo> _silo = Program("--against-silo", "The other version's silo program.");
    private readonly Option<FileInfo> _admin = Program("--against-admin", "The other version's program orleanschat-admin.");
    private readonly Option<string> _ownName = Named("--this", "This version's name.");
    private readonly Option<FileInfo> _ownAdmin = Program("--admin", "This version's program orleanschat-admin.");
    private readonly Option<string[]> _operations = new("--operation")
    {
        HelpName = "NAME",
        Description = $"The operation to compare; may be repeated; default {AllOperations.Usual.Name}. Known operations: "
            + string.Join("; ", AllOperations.All.Select(operation => $"{operation.Name} ({operation.Summary})")),
    };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="isCompare">Whether compare is the only scenario that was asked for.</param>
    public void AddTo(Command command, Func<System.CommandLine.Parsing.CommandResult, bool> isCompare)
    {
        _operations.AcceptOnlyFromAmong([.. AllOperations.All.Select(operation => operation.Name)]);
        foreach (var option in new Option[] { _name, _silo, _admin, _ownName, _ownAdmin, _operations }) command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_name) is null)
            {
                if (result.GetResult(_operations) is not null) result.AddError("--operation needs --against.");
            }
            else if (!isCompare(result)) result.AddError("--against needs the scenario compare, and no other scenario.");
            else if (new Option[] { _silo, _admin, _ownName, _ownAdmin }.Any(option => result.GetResult(option) is null))
                result.AddError("--against needs --against-silo, --against-admin, --this and --admin.");
        });
    }

    /// <summary>The comparison that was asked for; null if there is none.</summary>
    /// <param name="parsed">The arguments.</param>
    /// <param name="silo">This version's silo program.</param>
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
