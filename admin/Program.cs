using System.CommandLine;
using OrleansChat.Admin;
using OrleansChat.Terminal.Input;

// Exit codes: 0 done, 1 refused, 2 wrong usage, 3 the database cannot be used, 130 Ctrl-C at a question.
try
{
    args = Arguments.Read(args, Question.Encoding);
}
catch (NotTextException failure)
{
    return AdminRun.Say(AdminRun.BadUsage, failure.Message);
}
// System.CommandLine ignores a directive as the first word, even an unknown one.
if (args is [['[', .., ']'], ..])
    return AdminRun.Say(AdminRun.BadUsage, $"unknown command '{args[0]}'. Try --help.");
// A name may begin with @, which must not name a response file.
var parsed = AdminCommands.Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
if (AdminCommands.IsHelpBesideWords(parsed))
    return AdminRun.Say(
        AdminRun.BadUsage, "--help goes without arguments. Put -- before an argument that begins with a hyphen.");
if (parsed.Errors.Count > 0)
{
    await parsed.InvokeAsync();
    return AdminRun.BadUsage;
}
return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
