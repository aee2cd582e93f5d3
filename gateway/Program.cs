using OrleansChat.Gateway;
using OrleansChat.Gateway.Hosting;

return await ChatProgram.RunAsync(() => GatewayHost.Build(args), _ => false);
