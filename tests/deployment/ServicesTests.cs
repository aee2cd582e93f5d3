using OrleansChat.Gateway.Options;

namespace OrleansChat.Deployment.Tests;

/// <summary>The services of docker-compose.yml fit together, and may do no more than they need.</summary>
public sealed class ServicesTests
{
    private readonly ComposeFile _compose = ComposeFile.Read();

    public static TheoryData<string> Names => [.. ComposeFile.Read().Services.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_service_has_no_privileges(string name)
    {
        var service = _compose.Services[name];
        Assert.Matches("^[1-9][0-9]*:[1-9][0-9]*$", service.User);
        Assert.True(service.ReadOnly);
        Assert.False(service.Privileged);
        Assert.Equal(["ALL"], service.CapDrop);
        Assert.Empty(service.CapAdd);
        Assert.Equal(["no-new-privileges:true"], service.SecurityOpt);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_service_is_a_pinned_image_or_a_stage_of_the_Dockerfile(string name)
    {
        var service = _compose.Services[name];
        if (service.Build is not { } build)
        {
            Assert.Matches(@"^[a-z/]+:[0-9]+\.[0-9]+[^:]*$", service.Image);
            return;
        }
        Assert.Null(service.Image);
        Assert.Equal(".", build.Context);
        Assert.Contains(Dockerfile.Read(), stage => stage.Name == build.Target);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_service_comes_back_unless_it_is_done(string name)
    {
        var isWaitedForToEnd = _compose.Services.Values.Any(
            s => s.DependsOn.TryGetValue(name, out var d) && d.Condition == "service_completed_successfully");
        Assert.Equal(isWaitedForToEnd ? "no" : "unless-stopped", _compose.Services[name].Restart);
        Assert.Equal(name == "migrate", isWaitedForToEnd);
    }

    [Fact]
    public void Whom_a_service_waits_for_exists_and_can_fulfil_the_condition()
    {
        foreach (var (name, condition) in _compose.Services.Values.SelectMany(s => s.DependsOn).Select(d => (d.Key, d.Value.Condition)))
        {
            var service = Assert.Contains(name, (IDictionary<string, ComposeFile.Service>)_compose.Services);
            Assert.Equal(service.Healthcheck is not null, condition == "service_healthy");
        }
        Assert.All(_compose.BuiltFrom("silo"), silo => Assert.Equal(["migrate"], silo.Value.DependsOn.Keys));
        Assert.Equal(["postgres"], _compose.Services["migrate"].DependsOn.Keys);
    }

    [Fact]
    public void The_inner_network_holds_those_who_need_the_database_and_leads_nowhere()
    {
        Assert.True(_compose.Networks["inner"].Internal);
        Assert.True(_compose.Networks["edge"].Internal);
        Assert.All(_compose.Services.SelectMany(s => s.Value.Networks), network => Assert.Contains(network, _compose.Networks.Keys));
        Assert.Equal(["inner"], _compose.Services["postgres"].Networks);
        Assert.All(_compose.BuiltFrom("silo").Concat(_compose.BuiltFrom("admin")), s => Assert.Equal(["inner"], s.Value.Networks));
        Assert.All(_compose.BuiltFrom("gateway"), s => Assert.Equal(["inner", "edge"], s.Value.Networks));
        Assert.DoesNotContain("inner", _compose.Services["load-balancer"].Networks);
    }

    [Fact]
    public void Only_the_load_balancer_has_a_port_outside_and_only_on_this_machine()
    {
        Assert.All(_compose.Services, s => Assert.Equal(s.Key == "load-balancer" ? 2 : 0, s.Value.Ports.Count));
        Assert.Equal([$"{new GatewayOptions().Listen}:{new GatewayOptions().ListenEndPoint!.Port}", "127.0.0.1:8080:8080"],
            _compose.Services["load-balancer"].Ports);
    }

    [Fact]
    public void What_is_mounted_exists()
    {
        foreach (var source in _compose.Services.Values.SelectMany(s => s.Volumes).Select(volume => volume.Split(':')[0]))
        {
            var isThere = source.StartsWith("./", StringComparison.Ordinal) ? Checkout.Has(source) : _compose.Volumes.ContainsKey(source);
            Assert.True(isThere, source);
        }
    }
}
