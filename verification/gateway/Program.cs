using OrleansChat.GatewayProgram;
using OrleansChat.Hosting;
using OrleansChat.Verification.Variants;

return await ChatProgram.RunAsync(() => GatewayHost.Build(args, services => services.BreakGateway(VariantServices.Asked)), _ => false);
