using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Npgsql;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Retention;
using OrleansChat.Storage.Schema;

namespace OrleansChat.Admin;

/// <summary>The commands, one row each.</summary>
internal static class AdminCommands
{
    private static readonly Option<string?> DatabaseOption = new("--database")
    {
        Description = "The PostgreSQL connection string; better set as Chat__Database in the environment, because it may hold a password.",
        Recursive = true,
    };

    public static RootCommand Create()
    {
        var user = new Argument<string>("user") { Description = "The user name: 1 to 32 of a-z 0-9 . _ -" };
        var name = new Argument<string>("name") { Description = "The display name, such as \"Lionel Messi\"." };
        var file = new Argument<FileInfo>("file") { Description = "A CSV file with a header line: user,name,password." }
            .AcceptExistingOnly();
        var json = Flag("--json", "Prints JSON, for scripts.");
        var peer = new Argument<string>("peer") { Description = "The user name of the one who is blocked." };
        var yes = Flag("--yes", "Goes on without asking.");
        var origin = new Option<string?>("--origin")
        {
            Description = "Where the page is, such as https://chat.example.org, for a link with the code; by default the first of "
                + $"{DatabaseSettings.Origins}.",
        };
        var @out = new Option<FileInfo>("--out") { Description = "The file to write, which must not exist.", Required = true };

        var serviceRole = new Option<string?>("--service-role")
        {
            Description = "Grants this role what silos and the account commands need, and nothing else. "
                + "Creates it if it is missing, with the password in Chat__ServicePassword.",
        };
        var gatewayRole = new Option<string?>("--gateway-role")
        {
            Description = "The same for the gateways of a cluster, with Chat__GatewayPassword.",
        };
        var wait = Flag("--wait", "Waits for an unreachable server for as long as it takes; 15 seconds without it.");
        var migrate = new Command("migrate", "Brings the database schema up to date; prints the old version and the new one.")
        {
            serviceRole,
            gatewayRole,
            wait,
        };
        migrate.SetAction(parsed => AdminRun.MigrateAsync(
            parsed.GetValue(DatabaseOption), parsed.GetValue(wait), parsed.GetValue(serviceRole), parsed.GetValue(gatewayRole)));

        var root = new RootCommand(
            "Manages the accounts of OrleansChat. Works whether or not the service runs; changes take effect within 5 seconds.")
        {
            DatabaseOption,
            Command("add", "Adds a user; asks for the password or reads it from standard input.", [user, name],
                (accounts, parsed) => UserCommands.AddAsync(accounts, parsed.GetValue(user)!, parsed.GetValue(name)!)),
            Command("list", "Lists the users.", [json], (accounts, parsed) => UserList.WriteAsync(accounts, parsed.GetValue(json))),
            Command("set-password", "Sets a new password (asked for, or from standard input) and ends all sessions.", [user],
                (accounts, parsed) => UserCommands.SetPasswordAsync(accounts, parsed.GetValue(user)!)),
            Command("reset-code", "Makes a code with which a user may set a new password, once, within 24 hours.", [user, origin],
                (accounts, parsed) => UserCommands.MakeResetCodeAsync(accounts, parsed.GetValue(user)!, parsed.GetValue(origin))),
            Command("rename", "Sets the display name.", [user, name],
                (accounts, parsed) => UserCommands.RenameAsync(accounts, parsed.GetValue(user)!, parsed.GetValue(name)!)),
            Command("disable", "Ends all sessions of a user and treats them as absent; keeps the messages.", [user],
                (accounts, parsed) => UserCommands.DisableAsync(accounts, parsed.GetValue(user)!)),
            Command("enable", "Re-enables a disabled user.", [user],
                (accounts, parsed) => UserCommands.EnableAsync(accounts, parsed.GetValue(user)!)),
            Command("remove", "Removes a user, their sessions and the messages that they received; asks first on a terminal. "
                + "What they wrote stays with its recipients, under their name.", [user, yes],
                (accounts, parsed) => UserCommands.RemoveAsync(accounts, parsed.GetValue(user)!, parsed.GetValue(yes))),
            Command("erase", "Takes the name of a removed user out of everything, and frees it; asks first on a terminal.", [user, yes],
                (accounts, parsed) => UserCommands.EraseAsync(accounts, parsed.GetValue(user)!, parsed.GetValue(yes))),
            Command("import", "Adds the users of a CSV file; names those that could not be added.", [file],
                (accounts, parsed) => CsvImport.RunAsync(accounts, parsed.GetValue(file)!)),
            Command("blocks", "Names those whom a user has blocked.", [user],
                (accounts, parsed) => UserCommands.ListBlocksAsync(accounts, parsed.GetValue(user)!)),
            Command("block", "Has a user block another one, whose messages are then refused.", [user, peer],
                (accounts, parsed) => UserCommands.BlockAsync(accounts, parsed.GetValue(user)!, parsed.GetValue(peer)!)),
            Command("unblock", "Reverts block.", [user, peer],
                (accounts, parsed) => UserCommands.UnblockAsync(accounts, parsed.GetValue(user)!, parsed.GetValue(peer)!)),
            SchemaCommand("export", "Writes all that the database has of a user into a new file: a zip of JSON lines.", [user, @out],
                (source, parsed) => ExportCommand.RunAsync(new AccountExport(source), parsed.GetValue(user)!, parsed.GetValue(@out)!)),
            RoomCommandLine.Create((parsed, run) => AdminRun.WithSchemaAsync(parsed.GetValue(DatabaseOption), run), yes),
            InvitationCommands.Create((parsed, run) => AdminRun.WithSchemaAsync(parsed.GetValue(DatabaseOption), run)),
            Retention(yes),
            Receipts(),
            SchemaCommand(
                "new-epoch", "Makes clients forget the numbers that they know: for a database on a restored snapshot of a disk.", [],
                async (source, _) => Console.WriteLine(
                    $"The epoch is now {await Epoch.RenewAsync(source)}: clients load their messages again, and numbers from before are "
                    + "refused.")),
            migrate,
        };
        // System.CommandLine defines directives of its own, such as [suggest].
        root.Directives.Clear();
        return root;
    }

    /// <summary>Whether a command line asks for help and also has arguments, which would be ignored silently.</summary>
    public static bool IsHelpBesideWords(ParseResult parsed) =>
        parsed.Action is HelpAction
        && parsed.CommandResult.Children.OfType<ArgumentResult>().Any(argument => argument.Tokens.Count > 0);

    private static Command Retention(Option<bool> yes)
    {
        var keep = Time("365d, 12h, 0 or forever; without it, the present one is shown.", leastHours: 0);
        var now = Flag("--now", "Has a shorter time begin now, and not in 24 hours.");
        return SchemaCommand(
            "retention", "Shows or sets how long received messages stay; asks on a terminal before it deletes some.", [keep, now, yes],
            (source, parsed) => parsed.GetResult(keep) is { Tokens.Count: > 0 }
                ? RetentionCommands.SetAsync(
                    new RetentionStore(source), Limited(parsed.GetValue(keep)), parsed.GetValue(now), parsed.GetValue(yes))
                : RetentionCommands.ShowAsync(new RetentionStore(source)));
    }

    private static Command Receipts()
    {
        var keep = Time("30d, 12h or forever; without it, the present one is shown.", leastHours: 1);
        return SchemaCommand(
            "receipts", "Shows or sets how long receipts of sendonce stay; a message that is repeated later is stored again.", [keep],
            (source, parsed) => parsed.GetResult(keep) is { Tokens.Count: > 0 }
                ? RetentionCommands.SetReceiptsAsync(new RetentionStore(source), Limited(parsed.GetValue(keep)))
                : RetentionCommands.ShowReceiptsAsync(new RetentionStore(source)));
    }

    private static TimeSpan? Limited(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? null : time;

    private static Argument<TimeSpan> Time(string description, int leastHours) => new("time")
    {
        Description = description,
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result => RetentionCommands.Parse(result, leastHours),
    };

    // A flag takes no value: the word after it is an argument of the command.
    private static Option<bool> Flag(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.Zero };

    private static Command Command(string word, string description, Symbol[] takes, Func<AccountStore, ParseResult, Task> run) =>
        Command(word, description, takes, parsed =>
            AdminRun.WithAccountsAsync(parsed.GetValue(DatabaseOption), accounts => run(accounts, parsed)));

    private static Command SchemaCommand(string word, string description, Symbol[] takes, Func<NpgsqlDataSource, ParseResult, Task> run) =>
        Command(word, description, takes, parsed =>
            AdminRun.WithSchemaAsync(parsed.GetValue(DatabaseOption), source => run(source, parsed)));

    private static Command Command(string word, string description, Symbol[] takes, Func<ParseResult, Task<int>> run)
    {
        var command = new Command(word, description);
        foreach (var symbol in takes)
        {
            if (symbol is Argument argument) command.Add(argument);
            else command.Add((Option)symbol);
        }
        command.SetAction(run);
        return command;
    }
}
