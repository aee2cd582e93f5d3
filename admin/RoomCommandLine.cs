using System.CommandLine;
using Npgsql;

namespace OrleansChat.Admin;

/// <summary>The command <c>rooms</c>, with a command of its own for each thing to do.</summary>
internal static class RoomCommandLine
{
    /// <param name="run">Runs something on the database that the command line names, and says how it ended.</param>
    /// <param name="yes">The option that answers the question.</param>
    public static Command Create(Func<ParseResult, Func<NpgsqlDataSource, Task>, Task<int>> run, Option<bool> yes)
    {
        var room = new Argument<string>("room") { Description = "The room's name, with or without #: 1 to 64 of a-z 0-9 . _ -" };
        var user = new Argument<string>("user") { Description = "The user name." };
        var title = new Argument<string>("title") { Description = "What people see as its name, such as \"The World\"." };
        var owner = new Argument<string>("owner") { Description = "The user name of the owner." };
        var isPublic = new Option<bool>("--public") { Description = "Everybody sees it and may join.", Arity = ArgumentArity.Zero };
        var history = new Option<string>("--history")
        {
            Description = "What new members see: all, or what was said since they joined. Default: all where it is public, else joined.",
        };
        history.AcceptOnlyFromAmong("all", "joined");
        var role = new Argument<string>("role") { Description = "owner, moderator, member, reader or banned." };
        var asRole = new Option<string>("--role")
        {
            Description = "owner, moderator, member or reader.",
            DefaultValueFactory = _ => "member",
        };
        var kind = new Argument<string>("kind") { Description = "public or private." }.AcceptOnlyFromAmong("public", "private");
        var shown = new Argument<string>("history") { Description = "all, or what was said since they joined: joined." }
            .AcceptOnlyFromAmong("all", "joined");
        role.Validators.Add(result => Validate(result.Tokens, result.AddError));
        asRole.Validators.Add(result => Validate(result.Tokens, result.AddError));

        return new Command("rooms", "Shows and changes rooms.")
        {
            Command("list", "Lists the rooms.", [], (source, _) => RoomCommands.ListAsync(source)),
            Command("create", "Makes a room.", [room, title, owner, isPublic, history], (source, parsed) => RoomCommands.CreateAsync(
                source, parsed.GetValue(room)!, parsed.GetValue(title)!, parsed.GetValue(owner)!, parsed.GetValue(isPublic),
                parsed.GetValue(history) is { } asked ? asked == "all" : parsed.GetValue(isPublic))),
            Command("add", "Adds a user to a room.", [room, user, asRole], (source, parsed) => RoomCommands.AddAsync(
                source, parsed.GetValue(room)!, parsed.GetValue(user)!, parsed.GetValue(asRole)!)),
            Command("remove", "Removes a user from a room; from a public one, for good.", [room, user], (source, parsed) =>
                RoomCommands.RemoveAsync(source, parsed.GetValue(room)!, parsed.GetValue(user)!)),
            Command("role", "Gives a member another role.", [room, user, role], (source, parsed) => RoomCommands.SetRoleAsync(
                source, parsed.GetValue(room)!, parsed.GetValue(user)!, parsed.GetValue(role)!)),
            Command("title", "Sets the title.", [room, title], (source, parsed) =>
                RoomCommands.SetTitleAsync(source, parsed.GetValue(room)!, parsed.GetValue(title)!)),
            Command("kind", "Sets who may join. Going public hides what was said from those who join later.", [room, kind],
                (source, parsed) => RoomCommands.SetKindAsync(source, parsed.GetValue(room)!, parsed.GetValue(kind) == "public")),
            Command("history", "Sets what new members see.", [room, shown], (source, parsed) =>
                RoomCommands.SetHistoryAsync(source, parsed.GetValue(room)!, parsed.GetValue(shown) == "all")),
            Command("delete", "Deletes a room with all its messages; asks first on a terminal.", [room, yes], (source, parsed) =>
                RoomCommands.DeleteAsync(source, parsed.GetValue(room)!, parsed.GetValue(yes))),
        };

        Command Command(string word, string description, Symbol[] takes, Func<NpgsqlDataSource, ParseResult, Task> action)
        {
            var command = new Command(word, description);
            foreach (var symbol in takes)
            {
                if (symbol is Argument argument) command.Add(argument);
                else command.Add((Option)symbol);
            }
            command.SetAction(parsed => run(parsed, source => action(source, parsed)));
            return command;
        }

        static void Validate(IReadOnlyList<System.CommandLine.Parsing.Token> tokens, Action<string> fail)
        {
            foreach (var token in tokens)
                if (RoomCommands.FaultOfRole(token.Value) is { } fault) fail(fault);
        }
    }
}
