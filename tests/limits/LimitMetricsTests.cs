using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansChat.Limits.Tests;

public sealed class LimitMetricsTests
{
    [Fact]
    public void What_a_limit_did_is_counted_under_its_name()
    {
        using var host = new ServiceCollection().AddMetrics().AddSingleton<LimitMetrics>().BuildServiceProvider();
        var meters = host.GetRequiredService<IMeterFactory>();
        var heard = new List<(long Value, string Limit)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == meters) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            Assert.Equal(("OrleansChat.Limits", "orleanschat.limit.hits"), (instrument.Meter.Name, instrument.Name));
            Assert.Equal("limit", tags[0].Key);
            heard.Add((value, (string)tags[0].Value!));
        });
        listener.Start();

        var metrics = host.GetRequiredService<LimitMetrics>();
        metrics.Hit(LimitNames.Sends);
        metrics.Hit(LimitNames.Sends);
        metrics.Hit(LimitNames.Attempts);

        Assert.Equal([(1, "sends"), (1, "sends"), (1, "attempts")], heard);
        Assert.Equal(["attempts", "sends"], metrics.Reached);
        Assert.Equal(2, metrics.CountOf(LimitNames.Sends));
    }

    [Fact]
    public void No_two_limits_have_one_name()
    {
        var names = typeof(LimitNames).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetValue(null)!).ToList();
        Assert.Equal(names.Distinct(), names);
    }
}
