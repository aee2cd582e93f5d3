using System.Reflection;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Hosts.Tests.Contract;

/// <summary>
/// Orleans copies what may change, the simulation's host copies nothing: the two are alike only where everything that crosses a
/// call of the service's grains promises not to change.
/// </summary>
public sealed class ImmutabilityTests
{
    private static readonly Type[] Values = [typeof(string), typeof(Guid),
        typeof(DateTimeOffset), typeof(TimeSpan), typeof(CancellationToken)];

    private static readonly MethodInfo[] Methods = [.. typeof(IUserGrain).Assembly.GetTypes()
        .Where(type => type.IsInterface && type.IsAssignableTo(typeof(IGrainWithStringKey)))
        .SelectMany(type => type.GetMethods())];

    [Fact]
    public void Everything_that_crosses_a_call_promises_not_to_change()
    {
        var crossing = Methods
            .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType)
                .Concat(method.ReturnType.GenericTypeArguments))
            .Select(type => Nullable.GetUnderlyingType(type) ?? type);
        Assert.Contains(typeof(OutgoingMessage), crossing);
        Assert.DoesNotContain(crossing, type => !IsFixed(type));
    }

    /// <summary>An array can be written to, and Orleans copies it: it is part of something that promises not to change.</summary>
    [Fact]
    public void No_array_is_passed_by_itself()
    {
        var arrays = Methods
            .SelectMany(method => method.GetParameters().Append(method.ReturnParameter)
                .Where(parameter => parameter.ParameterType.IsArray
                    || parameter.ParameterType.GenericTypeArguments.Any(type => type.IsArray))
                .Select(parameter => $"{method.Name} {parameter.Name}"));
        Assert.Empty(arrays);
    }

    // An observer is passed as a reference to it.
    private static bool IsFixed(Type type) => type.IsAssignableTo(typeof(IGrainObserver))
        || type.IsPrimitive || type.IsEnum || Values.Contains(type) || type.IsDefined(typeof(ImmutableAttribute), inherit: false);
}
