<%@ page contentType="text/html; charset=UTF-8" %>
<%@ taglib prefix="c" uri="http://java.sun.com/jsp/jstl/core" %>
<%@ taglib prefix="fmt" uri="http://java.sun.com/jsp/jstl/fmt" %>
<%@ include file="head.jsp" %>
<h1>Policy <c:out value="${policy.policyNo}"/></h1>
<table>
<tr><td>Holder</td><td><a href="<%= ctx %>/holder?id=${policy.holderId}"><c:out value="${holder.displayName}"/></a></td></tr>
<tr><td>Product</td><td>${policy.productCode}</td></tr>
<tr><td>Status</td><td>${policy.status}</td></tr>
<tr><td>Term</td><td><fmt:formatDate value="${policy.startDate}" pattern="yyyy-MM-dd"/> to <fmt:formatDate value="${policy.endDate}" pattern="yyyy-MM-dd"/></td></tr>
<tr><td>Premium</td><td><fmt:formatNumber value="${policy.annualPremium}" pattern="#,##0.00"/></td></tr>
</table>
<h2>Coverages</h2>
<table>
<c:forEach var="cov" items="${policy.coverages}">
<tr><td>${cov.covCode}</td><td>${cov.sumInsured}</td><td>${cov.deductible}</td><td>${cov.premiumPart}</td></tr>
</c:forEach>
</table>
<form method="post" action="<%= ctx %>/policy">
<input type="hidden" name="id" value="${policy.policyId}">
<button name="what" value="activate">Activate</button>
<button name="what" value="renew">Renew</button>
Day <input name="day"> Reason <input name="reason"> <button name="what" value="cancel">Cancel</button>
</form>
<p><a href="<%= ctx %>/endorse?id=${policy.policyId}">Endorsements (${endorsements.size()})</a>
<a href="<%= ctx %>/fnol?what=new&policyNo=${policy.policyNo}">New claim</a>
<a href="${archive}">Archive</a></p>
<h2>Claims</h2>
<c:forEach var="clm" items="${claims}">
<a href="<%= ctx %>/claim?id=${clm.claimId}">${clm.claimNo}</a> ${clm.status}<br>
</c:forEach>
<%@ include file="foot.jsp" %>
