using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using OrleansChat.Storage.Accounts;

namespace OrleansChat.Admin;

/// <summary>The commands, one row each.</summary>
internal static class AdminCommands
{
    private static readonly Option<string?> DatabaseOption = new("--database")
    {
        Description = "The PostgreSQL connection string; better given in the environment, as Chat__Database: it may hold a password.",
        Recursive = true,
    };

    public static RootCommand Create()
    {
        var user = new Argument<string>("user") { Description = "The user name: 1 to 32 of a-z 0-9 . _ -" };
        var name = new Argument<string>("name") { Description = "The name that is shown, such as \"Lionel Messi\"." };
        var file = new Argument<FileInfo>("file") { Description = "A CSV file with a header line: user,name,password." }
            .AcceptExistingOnly();
        var json = Flag("--json", "For scripts.");
        var yes = Flag("--yes", "Does not ask.");

        var serviceRole = new Option<string?>("--service-role")
        {
            Description = "Has this role do what silos and the commands on accounts need, and nothing else. "
                + "Created if it is missing, with the password in Chat__ServicePassword.",
        };
        var gatewayRole = new Option<string?>("--gateway-role")
        {
            Description = "The same for gateways of a cluster, with Chat__GatewayPassword.",
        };
        var wait = Flag("--wait", "Waits for a server that cannot be reached for as long as it takes; without it, for 15 seconds.");
        var migrate = new Command("migrate", "Brings the database schema up to date; says from which version to which.")
        {
            serviceRole,
            gatewayRole,
            wait,
        };
        migrate.SetAction(parsed => AdminRun.MigrateAsync(
            parsed.GetValue(DatabaseOption), parsed.GetValue(wait), parsed.GetValue(serviceRole), parsed.GetValue(gatewayRole)));

        var root = new RootCommand(
            "Manages the accounts of OrleansChat. Works whether the service runs or not; takes effect within 5 seconds.")
        {
            DatabaseOption,
            Command("add", "Adds a user; asks for the password, or reads it from standard input.", [user, name],
                (accounts, parsed) => UserCommands.AddAsync(accounts, parsed.GetValue(user)!, parsed.GetValue(name)!)),
            Command("list", "Lists the users.", [json], (accounts, parsed) => UserList.WriteAsync(accounts, parsed.GetValue(json))),
            Command("set-password", "Sets a new password (asked for, or from standard input) and ends all sessions.", [user],
                (accounts, parsed) => UserCommands.SetPasswordAsync(accounts, parsed.GetValue(user)!)),
            Command("rename", "Sets the name that is shown.", [user, name],
                (accounts, parsed) => UserCommands.RenameAsync(accounts, parsed.GetValue(user)!, parsed.GetValue(name)!)),
            Command("disable", "Treats a user as absent and ends all sessions; keeps the messages.", [user],
                (accounts, parsed) => UserCommands.DisableAsync(accounts, parsed.GetValue(user)!)),
            Command("enable", "Ends a disable.", [user], (accounts, parsed) => UserCommands.EnableAsync(accounts, parsed.GetValue(user)!)),
            Command("remove", "Removes a user with mailbox and sessions, for good; asks first on a terminal.", [user, yes],
                (accounts, parsed) => UserCommands.RemoveAsync(accounts, parsed.GetValue(user)!, parsed.GetValue(yes))),
            Command("import", "Adds the users of a CSV file; names those that could not be added.", [file],
                (accounts, parsed) => CsvImport.RunAsync(accounts, parsed.GetValue(file)!)),
            migrate,
        };
        // The library has commands of its own in brackets: [suggest].
        root.Directives.Clear();
        return root;
    }

    /// <summary>Whether a command line asks for help though it has words to be worked on, which would be left undone.</summary>
    public static bool IsHelpBesideWords(ParseResult parsed) =>
        parsed.Action is HelpAction
        && parsed.CommandResult.Children.OfType<ArgumentResult>().Any(argument => argument.Tokens.Count > 0);

    // It takes no value: the word after it is one of its own.
    private static Option<bool> Flag(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.Zero };

    private static Command Command(string word, string description, Symbol[] takes, Func<AccountStore, ParseResult, Task> run)
    {
        var command = new Command(word, description);
        foreach (var symbol in takes)
        {
            if (symbol is Argument argument) command.Add(argument);
            else command.Add((Option)symbol);
        }
        command.SetAction(async parsed =>
            await AdminRun.WithAccountsAsync(parsed.GetValue(DatabaseOption), accounts => run(accounts, parsed)));
        return command;
    }
}
