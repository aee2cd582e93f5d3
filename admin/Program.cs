using System.CommandLine;
using OrleansChat.Admin;

// Exit codes: 0 done, 1 refused, 2 the command line is wrong, 3 the database cannot be used.
var parsed = AdminCommands.Create().Parse(args);
if (parsed.Errors.Count > 0)
{
    await parsed.InvokeAsync();
    return 2;
}
return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
