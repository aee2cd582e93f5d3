using System.Reflection;

namespace OrleansChat.Gateway.Tests;

/// <summary>A grain by another hand. Open, as it is derived from at run time.</summary>
public class FakeGrain : DispatchProxy
{
    private Func<MethodInfo, object?[], object?> _answer = null!;

    /// <summary>Makes one whose calls are answered so.</summary>
    internal static T Answering<T>(Func<MethodInfo, object?[], object?> answer) where T : class
    {
        var fake = Create<T, FakeGrain>();
        ((FakeGrain)(object)fake)._answer = answer;
        return fake;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer(targetMethod!, args!);
}
