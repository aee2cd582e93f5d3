using OrleansChat.GatewayProgram;
using OrleansChat.Hosting;
using OrleansChat.Verification.Variants;

return await ChatProgram.RunAsync<GatewayProgramOptions>(
    () => GatewayHost.Build(args, services => services.BreakGateway(VariantServices.Asked)), _ => false);
