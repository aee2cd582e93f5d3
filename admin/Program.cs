using System.CommandLine;
using OrleansChat.Admin;
using OrleansChat.Terminal.Input;

// Exit codes: 0 done, 1 refused, 2 the command line is wrong, 3 the database cannot be used, 130 Ctrl-C at a question.
try
{
    args = Arguments.Read(args, Question.Encoding);
}
catch (NotTextException failure)
{
    return AdminRun.Say(AdminRun.BadUsage, failure.Message);
}
// Passed over by the library, at this place.
if (args is [['[', .., ']'], ..])
    return AdminRun.Say(AdminRun.BadUsage, $"there is no command {args[0]}.");
// A name may begin with @: it names no file.
var parsed = AdminCommands.Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
if (AdminCommands.IsHelpBesideWords(parsed))
    return AdminRun.Say(
        AdminRun.BadUsage, "help is asked for without other words. After -- a word that begins with a hyphen is no option.");
if (parsed.Errors.Count > 0)
{
    await parsed.InvokeAsync();
    return AdminRun.BadUsage;
}
return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
