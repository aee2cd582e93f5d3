using OrleansChat.GatewayProgram;
using OrleansChat.Hosting;

return await ChatProgram.RunAsync(() => GatewayHost.Build(args), _ => false);
