using OrleansChat.Client;
using OrleansChat.Client.Commands;
using OrleansChat.Terminal.Input;
using OrleansChat.Client.Terminal;

var encoding = InputEncoding.OfLocale(Environment.GetEnvironmentVariable);
var terminal = new ConsoleTerminal(encoding);
try
{
    args = Arguments.Read(args, encoding);
}
catch (NotTextException failure)
{
    terminal.WriteError(failure.Message);
    return (int)ExitCode.Usage;
}
return await new CommandLine(terminal, Environment.GetEnvironmentVariable, TimeProvider.System).RunAsync(args);
